"""Messages in a browser that is closed: Web Push (RFC 8030), encrypted so that who carries them reads nothing."""
