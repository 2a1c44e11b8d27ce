using Spectre.Console;

namespace Switchboard.Load;

/// <summary>Shows progress on standard error: bars on a terminal, else a line at the start of each stage.</summary>
internal sealed class LoadProgress(IAnsiConsole console, bool isTerminal)
{
    private const int LongestLine = 4_096;

    public static LoadProgress OnStandardError()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        // what reads it takes lines as they are
        if (Console.IsErrorRedirected)
            console.Profile.Width = LongestLine;
        return new(console, !Console.IsErrorRedirected);
    }

    /// <summary>Runs a stage.</summary>
    /// <param name="name">What it does.</param>
    /// <param name="total">How much there is to do.</param>
    /// <param name="run">Does it, and says now and then how much of it is done.</param>
    public async Task<T> StageAsync<T>(string name, double total, Func<Action<double>, Task<T>> run)
    {
        if (!isTerminal)
        {
            console.WriteLine(name);
            return await run(_ => { });
        }

        return await console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async progress =>
            {
                var task = progress.AddTask(name.EscapeMarkup(), maxValue: Math.Max(total, 1));
                var result = await run(done => task.Value = done);
                task.Value = task.MaxValue;
                return result;
            });
    }

    /// <summary>Writes a line.</summary>
    public void WriteLine(string line) => console.WriteLine(line);
}
