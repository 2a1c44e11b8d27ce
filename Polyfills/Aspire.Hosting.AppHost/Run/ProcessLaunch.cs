namespace Aspire.Hosting.Run;

/// <summary>A process to start: the whole of its command and environment.</summary>
internal sealed record ProcessLaunch(
    Account Account, string Program, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment, string WorkingDirectory)
{
    /// <summary>What asks it to end in good order.</summary>
    public Signal StopSignal { get; init; } = Signal.Terminate;

    /// <summary>Whether an end with code 0 is what it is made for.</summary>
    public bool MayFinish { get; init; }
}
