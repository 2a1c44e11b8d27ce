using Npgsql;
using Switchboard.Load.Api;
using Switchboard.Load.Running;

namespace Switchboard.Load.Notify.NotifyApi;

/// <summary>What requests can ask for, of one user.</summary>
/// <param name="Key">The user's key.</param>
/// <param name="Recipients">Some of those who were told something: who is told often is there as often.</param>
/// <param name="Notifications">Some of their notifications.</param>
/// <param name="Requests">Some of their requests.</param>
/// <param name="Topics">Their topics.</param>
internal sealed record NotifyTenant(
    string Key, IReadOnlyList<string> Recipients, IReadOnlyList<Guid> Notifications, IReadOnlyList<Guid> Requests,
    IReadOnlyList<string> Topics);

/// <summary>What requests can ask for.</summary>
/// <param name="Tenants">The users, the one with most first.</param>
/// <param name="Large">Requests of that user with ten thousand recipients; where there is none, others.</param>
/// <param name="Now">When it was read.</param>
internal sealed record NotifySample(IReadOnlyList<NotifyTenant> Tenants, IReadOnlyList<Guid> Large, DateTimeOffset Now)
{
    private const string RecipientsSql = "SELECT user_id, recipient FROM notify_deliveries ORDER BY random() LIMIT 20000";

    private const string NotificationsSql = "SELECT user_id, id FROM notifications ORDER BY random() LIMIT 20000";

    private const string RequestsSql = "SELECT user_id, id FROM notify_requests ORDER BY random() LIMIT 20000";

    private const string LargeSql = "SELECT user_id, id FROM notify_requests WHERE request -> 'to' -> 0 ? 'topicId' LIMIT 1000";

    private const string TopicsSql = "SELECT user_id, name FROM topics";

    public static async Task<NotifySample> ReadAsync(
        NpgsqlDataSource dataSource, IReadOnlyList<LoadUser> users, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var recipients = await NamesAsync(dataSource, RecipientsSql, cancellationToken);
        var notifications = await dataSource.OwnedAsync(NotificationsSql, cancellationToken);
        var requests = await dataSource.OwnedAsync(RequestsSql, cancellationToken);
        var topics = await NamesAsync(dataSource, TopicsSql, cancellationToken);
        var large = (await dataSource.OwnedAsync(LargeSql, cancellationToken))[users[0].Id].ToList();
        return new(
            [
                .. users.Select(user => new NotifyTenant(
                    user.Key, [.. recipients[user.Id]], [.. notifications[user.Id]], [.. requests[user.Id]], [.. topics[user.Id]])),
            ],
            large.Count > 0 ? large : [.. requests[users[0].Id]],
            now);
    }

    private static async Task<ILookup<Guid, string>> NamesAsync(
        NpgsqlDataSource dataSource, string sql, CancellationToken cancellationToken) =>
        (await dataSource.RowsAsync(sql, row => (User: row.GetGuid(0), Name: row.GetString(1)), cancellationToken))
            .ToLookup(row => row.User, row => row.Name);
}
