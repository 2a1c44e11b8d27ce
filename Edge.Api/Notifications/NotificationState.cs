using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Notifications;

/// <summary>Why a notification could not be moved to another state.</summary>
internal static class NotificationState
{
    private const string Sql = "SELECT delivery_status FROM notifications WHERE id = $1 AND user_id = $2";

    /// <summary>404 when it is not there, 409 when its state is in the way.</summary>
    public static async Task<ProblemHttpResult> RefusalAsync(
        NpgsqlTransaction transaction, Guid id, Guid userId, string rule, CancellationToken cancellation) =>
        await transaction.Command(Sql, id, userId).FirstAsync(row => row.GetString(0), cancellation) is { } state
            ? Problems.Conflict($"The notification is {state}. {rule}")
            : Problems.NotFound("notification", id);
}
