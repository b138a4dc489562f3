"""What people do to an exchange: for every act, whether it is allowed now, and what it changes.

The checks raise typed refusals and read only; the acts change the case and answer when everything is recorded.
"""
