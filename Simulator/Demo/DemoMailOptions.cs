using System.ComponentModel.DataAnnotations;

namespace Switchboard.Simulator.Demo;

/// <summary>Options of the section <c>DemoMail</c>.</summary>
internal sealed class DemoMailOptions
{
    public const string Section = "DemoMail";
    public const int MostPerMinute = 6000;

    /// <summary>How many mails a minute come to demo@example.com; 0 for none.</summary>
    [Range(0, MostPerMinute)]
    public int PerMinute { get; set; } = 6;
}
