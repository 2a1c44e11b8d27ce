namespace Switchboard.Simulator.Faults;

/// <summary>The names of the modes in control calls.</summary>
internal static class FaultModes
{
    private static readonly Dictionary<string, FaultMode> ByName = new()
    {
        ["error"] = FaultMode.Error,
        ["delay"] = FaultMode.Delay,
        ["timeout"] = FaultMode.Timeout,
        ["reset"] = FaultMode.Reset,
        ["accept-then-reset"] = FaultMode.AcceptThenReset,
    };

    public static IEnumerable<string> Names => ByName.Keys;

    public static FaultMode? Parse(string name) => ByName.TryGetValue(name, out var mode) ? mode : null;

    public static string Name(this FaultMode mode) => ByName.First(pair => pair.Value == mode).Key;
}
