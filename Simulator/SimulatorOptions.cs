using System.ComponentModel.DataAnnotations;

namespace Switchboard.Simulator;

/// <summary>Options of the section <c>Simulator</c>.</summary>
internal sealed class SimulatorOptions
{
    public const string Section = "Simulator";

    /// <summary>Where webhooks go; without it the address that the app host gives for <c>edge-api</c>.</summary>
    public Uri? EdgeUrl { get; set; }

    /// <summary>Where the simulator itself is called, for links to its files; without it the address that it listens on.</summary>
    public Uri? Url { get; set; }

    /// <summary>Where the journals of accepted messages live; without it they end with the process.</summary>
    public string? DataFolder { get; set; }

    /// <summary>How many sent messages are kept; the oldest go first.</summary>
    [Range(1, 1_000_000)]
    public int MaxMessages { get; set; } = 1_000_000;
}
