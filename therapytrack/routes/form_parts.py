"""Parts of the plain pages that hold a form: frame, form and fields, as HTML with every value escaped."""

from html import escape

NO_SCRIPT = "This page needs scripts to send what you type. Allow them for this site, then load it again."


def frame(content: str, title: str, *lines: str) -> str:
    """The page before sign-in around `content`, with `lines` under `title` beside it."""
    brand = '<div class="brand"><img src="/icon.svg" alt="" width="26" height="26"><span>TherapyTrack</span></div>'
    beside = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return (
        f'<div class="gate"><main id="main" class="gate-a">{brand}<div class="stack">{content}</div></main>'
        f'<aside class="gate-b" aria-label="{escape(title)}"><section class="stack"><h2>{escape(title)}</h2>'
        f'<ul class="stack tight">{beside}</ul></section></aside></div>'
    )


def form(way: str, fields: str, button: str) -> str:
    """A form that a script of ours sends; `way` tells the route what it asks for."""
    return (
        f'<form method="post" class="stack" data-plain novalidate><noscript><p>{NO_SCRIPT}</p></noscript>'
        '<p class="banner bad" role="alert" tabindex="-1" data-form-error hidden></p>'
        f'<input type="hidden" name="way" value="{way}">{fields}'
        f'<button type="submit" class="btn pri">{escape(button)}</button></form>'
    )


def fixed_email(address: str, hint: str, prefix: str = "") -> str:
    """An address that is shown and cannot be changed; password managers find it."""
    return (
        f'<div class="field"><label for="{prefix}email">Email</label>'
        f'<input class="input" id="{prefix}email" name="email" type="email" value="{escape(address)}" readonly '
        'autocomplete="username">'
        f'<span class="hint">{escape(hint)}</span></div>'
    )


def text_input(
    name: str,
    label: str,
    kind: str,
    *,
    hint: str = "",
    optional: bool = False,
    span: str = "",
    placeholder: str = "",
    autocomplete: str = "off",
    prefix: str = "",
) -> str:
    """A labelled field with its hint and the place of its error."""
    key = prefix + name
    described = f"{key}-hint {key}-error" if hint else f"{key}-error"
    extra = ' <span class="opt">(optional)</span>' if optional else ""
    said = f'<span class="hint" id="{key}-hint">{escape(hint)}</span>' if hint else ""
    needed = "" if optional else ' aria-required="true"'
    return (
        f'<div class="field {span}"><label for="{key}">{escape(label)}{extra}</label>{said}'
        f'<input class="input" id="{key}" name="{name}" type="{kind}" autocomplete="{autocomplete}" '
        f'placeholder="{escape(placeholder)}" aria-describedby="{described}"{needed}>'
        f'<p class="error" id="{key}-error" role="alert"></p></div>'
    )
