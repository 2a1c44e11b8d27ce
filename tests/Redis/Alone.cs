// Clocks, heartbeats and servers that die: each test has the machine to itself.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
