namespace Switchboard.Core.Jobs;

/// <summary>What became of the wish to run dead jobs again.</summary>
/// <param name="Replayed">How many run again.</param>
/// <param name="NotReplayable">How many stay dead because their body is no JSON or their worker is not known: no handler could be given them.</param>
public sealed record ReplayResult(int Replayed, int NotReplayable);
