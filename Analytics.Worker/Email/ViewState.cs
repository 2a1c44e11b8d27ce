namespace Switchboard.Analytics.Worker.Email;

/// <summary>How the views stand. Whether it is time to make them anew is a pure decision.</summary>
/// <param name="RefreshedAt">When they were made.</param>
/// <param name="Duration">How long that took.</param>
/// <param name="Changes">How many hours of accounts have changed since, counted up to what is many.</param>
internal sealed record ViewState(DateTimeOffset RefreshedAt, TimeSpan Duration, int Changes)
{
    // of the time, a refresh takes a fifth at most
    private const int RestPerDuration = 4;

    /// <summary>Whether the views are to be made: in time; sooner after many changes, but not one refresh after the other.</summary>
    public bool IsDue(DateTimeOffset now, ViewOptions options)
    {
        var age = now - RefreshedAt;
        // looked at now and then: what would be too late by the next look is due now
        if (age + TimeSpan.FromSeconds(options.CheckSeconds) >= TimeSpan.FromMinutes(options.RefreshMinutes))
            return true;
        return Changes >= options.ManyChanges && age >= Duration * (1 + RestPerDuration);
    }
}
