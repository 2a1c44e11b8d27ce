using Switchboard.Core.Deletion;
using Switchboard.Core.Email;
using Switchboard.Core.Events;
using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Notify;
using Switchboard.Core.Notifications.Webhooks;
using Switchboard.Core.Sms;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Accounts;

namespace Switchboard.Core.Jobs;

/// <summary>The job types of Core; those that one worker alone publishes are not here.</summary>
public static class JobTypes
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<JobType> All { get; } =
    [
        ApplyDeliveryStatuses.Type,
        CheckAccountHealth.Type,
        CheckProxies.Type,
        DeletePost.Type,
        EndSocialAccount.Type,
        ProcessSchedule.Type,
        PublishPost.Type,
        ScoreAccounts.Type,
        CancelNotify.Type,
        DeleteRecipientData.Type,
        ExpandNotify.Type,
        DeleteUserData.Type,
        EndAccount.Type,
        EnrichMedia.Type,
        EnrichMessage.Type,
        FollowAccount.Type,
        ProcessEmail.Type,
        ReadGraphChanges.Type,
        SyncEmails.Type,
        SyncMailbox.Type,
        TrackEmail.Type,
        DeliverWebhook.Type,
        FanOutEvents.Type,
        SendNotification.Type,
        SendVerificationCode.Type,
        DeleteAccountData.Type,
        RecordEvents.Type,
    ];

    private static readonly Dictionary<string, JobWorker> _workers = All.ToDictionary(type => type.Name, type => type.Worker);

    /// <summary>The worker that serves the type of a name; null when it is not known here.</summary>
    public static JobWorker? WorkerOf(string name) => _workers.TryGetValue(name, out var worker) ? worker : null;

    /// <summary>The types, if no two have the same name.</summary>
    /// <exception cref="InvalidOperationException">Two have the same name: one would get the other's messages.</exception>
    internal static IReadOnlyList<JobType> Checked(IReadOnlyList<JobType> types)
    {
        var twice = types.GroupBy(type => type.Name).FirstOrDefault(same => same.Count() > 1);
        return twice is null ? types : throw new InvalidOperationException($"Two job types are named {twice.Key}.");
    }
}
