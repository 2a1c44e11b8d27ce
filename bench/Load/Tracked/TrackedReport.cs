using Switchboard.Load.Measuring;

namespace Switchboard.Load.Tracked;

/// <summary>The JSON line.</summary>
/// <param name="Tracked">The lists of tracked mails; null when none were asked for.</param>
/// <param name="Analytics">The analytics; null when none were asked for.</param>
/// <param name="Sync">The syncs; null when none were begun.</param>
/// <param name="SyncAccepted">Syncs that were begun, or were under way and cover what was asked: 202.</param>
/// <param name="SyncConflicts">Syncs that could not be begun beside another: 409.</param>
/// <param name="Wrong">Lists in which there was something that was not asked for.</param>
/// <param name="Rejected">Answers 429 and 503.</param>
/// <param name="Errors">Other failures.</param>
/// <param name="Seconds">How long the load was on.</param>
/// <param name="Rows">How many tracked mails there are in all, as Postgres estimates; null without <c>--database</c>.</param>
/// <param name="SequentialScans">Of the table of tracked mails during the load, each refresh of the views among them; null without <c>--database</c>.</param>
/// <param name="ViewsRefreshed">Whether the views were refreshed during the load; null when no analytics were asked for.</param>
/// <param name="Seeded">What was put in before; null for nothing.</param>
internal sealed record TrackedReport(
    KindFigures? Tracked,
    KindFigures? Analytics,
    KindFigures? Sync,
    long SyncAccepted,
    long SyncConflicts,
    long Wrong,
    long Rejected,
    long Errors,
    double Seconds,
    long? Rows,
    long? SequentialScans,
    bool? ViewsRefreshed,
    SeedFigures? Seeded)
{
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsFine => Wrong == 0 && Errors == 0;
}

/// <summary>How requests of a kind were answered.</summary>
/// <param name="Answered">How many were.</param>
/// <param name="PerSecond">Over the time of the load.</param>
/// <param name="Ms">From when each was to be sent to the answer.</param>
internal sealed record KindFigures(long Answered, double PerSecond, Percentiles Ms);

/// <summary>What was put in.</summary>
/// <param name="Rows">Tracked mails.</param>
/// <param name="Accounts">In so many accounts.</param>
/// <param name="UserKey">A key of their user.</param>
/// <param name="InsertSeconds">How long it took to put them in.</param>
/// <param name="AnalyzeSeconds">How long it took to gather statistics of the table.</param>
/// <param name="RefreshSeconds">How long it took to refresh each materialised view.</param>
internal sealed record SeedFigures(
    long Rows, int Accounts, string UserKey, double InsertSeconds, double AnalyzeSeconds, IReadOnlyDictionary<string, double> RefreshSeconds);
