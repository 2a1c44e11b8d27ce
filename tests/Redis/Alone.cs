namespace Switchboard.Tests.Redis;

/// <summary>Tests that start processes to work as hard as they can: the machine is theirs.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
