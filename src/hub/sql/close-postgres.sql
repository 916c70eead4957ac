-- On a cluster of the shop's own: the databases that PostgreSQL brings are nobody's.
revoke connect, temporary on database postgres from public;
revoke connect, temporary on database template1 from public;
