"""TherapyTrack: session data, notes and progress for school therapy teams."""
