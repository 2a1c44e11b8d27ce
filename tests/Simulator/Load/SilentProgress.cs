using Spectre.Console;
using Switchboard.Load;

namespace Switchboard.Tests.Simulator.Load;

/// <summary>Progress that nobody watches.</summary>
internal static class SilentProgress
{
    public static LoadProgress Make() => On(TextWriter.Null);

    /// <summary>Progress that can be read afterwards.</summary>
    public static LoadProgress On(TextWriter writer)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
        console.Profile.Width = 1_000;
        return new LoadProgress(console, isTerminal: false);
    }
}
