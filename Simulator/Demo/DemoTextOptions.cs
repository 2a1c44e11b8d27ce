using System.ComponentModel.DataAnnotations;

namespace Switchboard.Simulator.Demo;

/// <summary>Options of the section <c>DemoTexts</c>.</summary>
internal sealed class DemoTextOptions
{
    public const string Section = "DemoTexts";
    public const double MostPerMinute = 6000;

    /// <summary>One in ten minutes: of the 20 that a number may send an hour most are left to whoever tries something.</summary>
    public const double UsualPerMinute = 0.1;

    /// <summary>How many texts a minute come from the demo number, 0 for none; without it a few, or none where there is no demo mail.</summary>
    [Range(0, MostPerMinute)]
    public double? PerMinute { get; set; }
}
