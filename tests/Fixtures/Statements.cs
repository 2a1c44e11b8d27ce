using System.Diagnostics;

namespace Switchboard.Tests.Fixtures;

/// <summary>Counts what is asked of Postgres.</summary>
internal static class Statements
{
    private static readonly AsyncLocal<bool> IsCounted = new();

    /// <summary>How many statements this makes; not those of tests that run beside it.</summary>
    public static async Task<int> CountAsync(Func<Task> run)
    {
        var statements = 0;
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStarted = _ =>
            {
                if (IsCounted.Value)
                    Interlocked.Increment(ref statements);
            },
        };
        ActivitySource.AddActivityListener(listener);
        IsCounted.Value = true;
        await run();
        return statements;
    }
}
