"""One application to several companies: its parts, and what whoever takes part in one of them sees of the others."""
