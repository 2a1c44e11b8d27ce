using System.Diagnostics;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;

namespace Switchboard.Workers.Ingest.Email.Rules;

/// <summary>The jobs that follow from notifications that were made.</summary>
internal static class FollowUpJobs
{
    /// <summary>To send one.</summary>
    public static OutgoingJob Send(Guid notificationId, JobPriority priority, ActivityContext? parent) =>
        new(new SendNotification(Guid.CreateVersion7(), notificationId, priority), parent);

    /// <summary>To count them: one job, or none.</summary>
    public static OutgoingJob[] Facts(IReadOnlyList<NewNotification> notifications)
    {
        var facts = new EventCounter();
        foreach (var notification in notifications)
            facts.Created(notification.UserId, notification.Channel, notification.CreatedAt);
        return facts.ToJob() is { } job ? [new OutgoingJob(job)] : [];
    }
}
