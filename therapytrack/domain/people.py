"""Professions and US states as sign-up offers them: the code is stored, the words are shown."""

from typing import Final

PROFESSIONS: Final = (
    ("slp", "Speech-language pathologist"),
    ("slpa", "Speech-language pathology assistant"),
    ("ot", "Occupational therapist"),
    ("ota", "Occupational therapy assistant"),
    ("pt", "Physical therapist"),
    ("pta", "Physical therapist assistant"),
    ("counselor", "School counselor"),
    ("psychologist", "School psychologist"),
    ("social_worker", "School social worker"),
    ("behavior_analyst", "Behavior analyst"),
    ("audiologist", "Audiologist"),
    ("teacher", "Special education teacher"),
    ("other", "Other"),
)

US_STATES: Final = (
    ("AL", "Alabama"), ("AK", "Alaska"), ("AZ", "Arizona"), ("AR", "Arkansas"), ("CA", "California"),
    ("CO", "Colorado"), ("CT", "Connecticut"), ("DE", "Delaware"), ("DC", "District of Columbia"), ("FL", "Florida"),
    ("GA", "Georgia"), ("HI", "Hawaii"), ("ID", "Idaho"), ("IL", "Illinois"), ("IN", "Indiana"), ("IA", "Iowa"),
    ("KS", "Kansas"), ("KY", "Kentucky"), ("LA", "Louisiana"), ("ME", "Maine"), ("MD", "Maryland"),
    ("MA", "Massachusetts"), ("MI", "Michigan"), ("MN", "Minnesota"), ("MS", "Mississippi"), ("MO", "Missouri"),
    ("MT", "Montana"), ("NE", "Nebraska"), ("NV", "Nevada"), ("NH", "New Hampshire"), ("NJ", "New Jersey"),
    ("NM", "New Mexico"), ("NY", "New York"), ("NC", "North Carolina"), ("ND", "North Dakota"), ("OH", "Ohio"),
    ("OK", "Oklahoma"), ("OR", "Oregon"), ("PA", "Pennsylvania"), ("RI", "Rhode Island"), ("SC", "South Carolina"),
    ("SD", "South Dakota"), ("TN", "Tennessee"), ("TX", "Texas"), ("UT", "Utah"), ("VT", "Vermont"),
    ("VA", "Virginia"), ("WA", "Washington"), ("WV", "West Virginia"), ("WI", "Wisconsin"), ("WY", "Wyoming"),
    ("AS", "American Samoa"), ("GU", "Guam"), ("MP", "Northern Mariana Islands"), ("PR", "Puerto Rico"),
    ("VI", "US Virgin Islands"),
)  # fmt: skip
