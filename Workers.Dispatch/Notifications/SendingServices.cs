using System.ComponentModel.DataAnnotations;
using System.Diagnostics.Metrics;
using Switchboard.Core.Notifications.Recipients;
using Switchboard.Workers.Dispatch.Channels;

namespace Switchboard.Workers.Dispatch.Notifications;

/// <summary>How notifications are sent; section <c>Dispatch</c>.</summary>
internal sealed class DispatchOptions
{
    public const string Section = "Dispatch";

    /// <summary>How many messages of a batch are under way at once.</summary>
    [Range(1, 1000)]
    public int MaxConcurrentSends { get; set; } = 64;

    /// <summary>How long the provider's status is waited for when it is not known whether a message was sent, before it is
    /// sent again. Longer than any request to a provider takes, and than a provider that restarts is away: what it had taken is told only then.</summary>
    [Range(1, 3600)]
    public double InDoubtSeconds { get; set; } = 30;
}

/// <summary>
/// The meter <c>Switchboard.Dispatch</c>: <c>switchboard.dispatch.send.duration</c>, in seconds, of each send, with its <c>channel</c> and
/// <c>outcome</c> (that of the attempt; <c>not-tried</c> without one); and <c>switchboard.delivery.statuses</c>, the statuses of providers
/// by <c>outcome</c>: applied, stale, unknown.
/// </summary>
internal sealed class DispatchMetrics
{
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _statuses;

    public DispatchMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Switchboard.Dispatch");
        _duration = meter.CreateHistogram<double>("switchboard.dispatch.send.duration", "s", "How long sends took, by channel and outcome");
        _statuses = meter.CreateCounter<long>(
            "switchboard.delivery.statuses", "{status}", "Statuses from providers; outcome: applied, stale, unknown.");
    }

    public void Sent(Send send) => _duration.Record(
        send.Took.TotalSeconds,
        new("channel", send.Notification.Channel),
        new("outcome", send.Decision!.Attempt ?? "not-tried"));

    public void Statuses(string outcome, int count)
    {
        if (count > 0)
            _statuses.Add(count, new KeyValuePair<string, object?>("outcome", outcome));
    }
}

/// <summary>Registration of what <see cref="SendNotificationHandler"/> needs besides its channels.</summary>
internal static class SendingServices
{
    public static IServiceCollection AddSending(this IServiceCollection services)
    {
        services.AddOptions<DispatchOptions>().BindConfiguration(DispatchOptions.Section).ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddMetrics();
        services.AddSingleton<ChannelRegistry>();
        services.AddRecipients();
        services.AddSingleton<SendChecks>();
        services.AddSingleton<ChannelSender>();
        services.AddSingleton<SendStore>();
        services.AddSingleton<DispatchMetrics>();
        services.AddSingleton<SendRecorder>();
        return services;
    }
}
