//! An emulator of Apple's services on loopback.
