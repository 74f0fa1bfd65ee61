"""The API: what the studio and scripts ask and do, a part of it in each file."""
