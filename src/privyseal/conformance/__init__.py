"""Whether somebody else's device keeps to the protocol: a gateway and a signer that are played, and what is tried.

It knows ``privyseal.device`` and nothing of the product, and judges by the frames that come.
"""
