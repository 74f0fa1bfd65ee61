"""What an extension is, how it is found, the shared HTTP client and the test kit. The stable API
for outside packages.
"""
