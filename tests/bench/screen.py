# SPDX-License-Identifier: GPL-3.0-or-later
"""What is on the X screen of a private session, by Xlib (XGetImage(3)); nothing is started for a look."""

import ctypes

ALL_PLANES = ctypes.c_ulong(-1).value
Z_PIXMAP = 2


class Image(ctypes.Structure):
    """The first members of XImage (Xlib.h): as far as they are read here."""
    _fields_ = [("width", ctypes.c_int), ("height", ctypes.c_int), ("xoffset", ctypes.c_int), ("format", ctypes.c_int),
                ("data", ctypes.POINTER(ctypes.c_char)), ("byte_order", ctypes.c_int), ("bitmap_unit", ctypes.c_int),
                ("bitmap_bit_order", ctypes.c_int), ("bitmap_pad", ctypes.c_int), ("depth", ctypes.c_int),
                ("bytes_per_line", ctypes.c_int), ("bits_per_pixel", ctypes.c_int)]


class Screen:
    """The screen of the display named, e.g. ":99". Areas are (x, y, width, height) in pixels."""

    def __init__(self, display):
        self.xlib = ctypes.CDLL("libX11.so.6")
        self.xlib.XOpenDisplay.restype = ctypes.c_void_p
        self.xlib.XDefaultRootWindow.restype = ctypes.c_ulong
        self.xlib.XDefaultRootWindow.argtypes = [ctypes.c_void_p]
        self.xlib.XGetImage.restype = ctypes.POINTER(Image)
        self.xlib.XGetImage.argtypes = [ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int, ctypes.c_int, ctypes.c_uint,
                                        ctypes.c_uint, ctypes.c_ulong, ctypes.c_int]
        self.xlib.XDestroyImage.argtypes = [ctypes.POINTER(Image)]
        self.xlib.XDisplayWidth.argtypes = self.xlib.XDisplayHeight.argtypes = [ctypes.c_void_p, ctypes.c_int]
        self.display = self.xlib.XOpenDisplay(display.encode())
        assert self.display, f"there is no X server at {display}"
        self.root = self.xlib.XDefaultRootWindow(self.display)

    @property
    def whole(self):
        return 0, 0, self.xlib.XDisplayWidth(self.display, 0), self.xlib.XDisplayHeight(self.display, 0)

    def read(self, area):
        """The area's pixels, four bytes each, row by row."""
        image = self.xlib.XGetImage(self.display, self.root, *area, ALL_PLANES, Z_PIXMAP)
        assert image, f"{area} is not on the screen"
        found = ctypes.string_at(image.contents.data, image.contents.bytes_per_line * image.contents.height)
        self.xlib.XDestroyImage(image)
        return found

    def find_change(self, before, after):
        """The smallest area in which two pictures of the whole screen differ, or None."""
        _x, _y, width, height = self.whole
        stride = width * 4
        rows = [y for y in range(height) if before[y * stride:(y + 1) * stride] != after[y * stride:(y + 1) * stride]]
        if not rows:
            return None
        columns = [x for x in range(width)
                   if any(before[y * stride + x * 4:y * stride + x * 4 + 4] != after[y * stride + x * 4:y * stride + x * 4 + 4]
                          for y in rows)]
        return columns[0], rows[0], columns[-1] - columns[0] + 1, rows[-1] - rows[0] + 1
