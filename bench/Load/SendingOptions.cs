using System.CommandLine;

namespace Switchboard.Load;

/// <summary>What each load that sends is told: for how long, how fast, and where the product and the simulator are.</summary>
internal record SendingOptions
{
    public required int Seconds { get; init; }

    public required int Connections { get; init; }

    /// <summary>How many a second; null for a closed loop.</summary>
    public double? Rate { get; init; }

    public required Uri Edge { get; init; }

    public required Uri Simulator { get; init; }

    public required string Key { get; init; }

    public int PatienceSeconds { get; init; } = 60;
}

/// <summary>The same on the command line.</summary>
/// <param name="what">What is sent.</param>
/// <param name="one">One of them.</param>
/// <param name="awaited">What is waited for after the last of them.</param>
internal sealed class SendingArguments(string what, string one, string awaited)
{
    private readonly Option<double?> _rate = LoadCommand.Rate(what, one);
    private readonly Option<Uri> _simulator = LoadCommand.Simulator();
    private readonly Option<string> _key = LoadCommand.Key();
    private readonly Option<int> _patience = LoadCommand.Number(
        "--patience-seconds", $"How long to wait without a new {awaited} before giving up.", 60, 1, 3_600);

    public Option<int> Seconds { get; init; } = LoadCommand.Number("--seconds", $"How long {what} are sent.", 20, 1, 86_400);

    public Option<int> Connections { get; init; } = LoadCommand.Number("--connections", "How many connections send at once.", 32, 1, 10_000);

    public Option<Uri> Edge { get; } = LoadCommand.Edge();

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[Seconds, Connections, _rate, Edge, _simulator, _key, _patience])
            command.Options.Add(option);
    }

    /// <summary>What was said.</summary>
    public SendingOptions Read(ParseResult parsed) => new()
    {
        Seconds = parsed.GetValue(Seconds),
        Connections = parsed.GetValue(Connections),
        Rate = parsed.GetValue(_rate),
        Edge = parsed.GetValue(Edge)!,
        Simulator = parsed.GetValue(_simulator)!,
        Key = parsed.GetValue(_key)!,
        PatienceSeconds = parsed.GetValue(_patience),
    };
}
