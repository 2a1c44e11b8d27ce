using System.ComponentModel.DataAnnotations;

namespace Switchboard.Analytics.Worker.Tracking;

/// <summary>Section <c>TrackingViews</c>: when the materialised views of tracked mail are made anew.</summary>
internal sealed class TrackingViewOptions
{
    public const string Section = "TrackingViews";

    /// <summary>After so many minutes at the latest.</summary>
    [Range(1, 10)]
    public int RefreshMinutes { get; set; } = 10;

    /// <summary>Sooner when so many hours of accounts have changed, as after a sync: analytics takes those from the table meanwhile.</summary>
    [Range(1, 10_000_000)]
    public int ChangedHours { get; set; } = 2_000;

    /// <summary>But never more often than that.</summary>
    [Range(1, 600)]
    public int SoonestSeconds { get; set; } = 60;

    /// <summary>How often it is looked whether it is time.</summary>
    [Range(1, 600)]
    public int CheckSeconds { get; set; } = 30;

    /// <summary>How long making one view may take.</summary>
    [Range(30, 3_600)]
    public int TimeoutSeconds { get; set; } = 600;

    /// <summary>Whether it is time. A pure decision.</summary>
    /// <param name="age">How old the views are.</param>
    /// <param name="changedHours">How many hours have changed since, counted up to <see cref="ChangedHours"/>.</param>
    public bool IsDue(TimeSpan age, int changedHours) =>
        changedHours > 0 && (age >= TimeSpan.FromMinutes(RefreshMinutes) || (changedHours >= ChangedHours && age >= TimeSpan.FromSeconds(SoonestSeconds)));
}
