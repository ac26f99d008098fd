"""The emblem of the Museum of the Coast, as SVG: a lighthouse over waves in a round window."""

COLOUR, PAPER, LIGHT = "#0b5d7a", "#f4f8f9", "#f2b84b"


def _wave(y, colour):
    """A wave across the window at height y: four swells of 64 to the left and right of the middle."""
    swell = "q16-14 32 0t32 0"
    return f'<path d="M0 {y}{swell * 4}V256H0Z" fill="{colour}"/>'


def logo():
    """The emblem; it draws nothing outside its square and loads nothing."""
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 256 256" role="img" aria-labelledby="t">
<title id="t">Museo de la Costa</title>
<clipPath id="w"><circle cx="128" cy="128" r="126"/></clipPath>
<g clip-path="url(#w)">
<path d="M0 0h256v256H0Z" fill="{COLOUR}"/>
<path d="M128 70 0 26v88ZM128 70 256 26v88Z" fill="{LIGHT}"/>
<path d="M108 84h40l14 136H94Z" fill="{PAPER}"/>
<path d="M104 110h48l3 28h-54ZM98 166h60l3 28H95Z" fill="{COLOUR}"/>
<path d="M100 76h56v9h-56ZM112 54h32v22h-32ZM108 54 128 36l20 18Z" fill="{PAPER}"/>
<circle cx="128" cy="65" r="8" fill="{LIGHT}"/>
{_wave(186, "#2f86a3")}
{_wave(206, "#a9d3df")}
{_wave(224, COLOUR)}
</g>
</svg>
"""
