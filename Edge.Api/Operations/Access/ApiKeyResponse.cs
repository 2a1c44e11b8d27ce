using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Operations.Access;

/// <summary>A key as lists show it: never the key itself.</summary>
internal sealed record ApiKeyResponse(
    Guid Id, Guid UserId, string Name, string Prefix, IReadOnlyList<string> Scopes, DateTimeOffset CreatedAt, DateTimeOffset? RevokedAt)
{
    /// <summary>The columns, in the order in which <see cref="Read"/> takes them.</summary>
    public const string Columns = "id, user_id, name, prefix, scopes, created_at, revoked_at";

    /// <summary>Reads a row of <see cref="Columns"/>.</summary>
    public static ApiKeyResponse Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetString(3), row.GetFieldValue<string[]>(4),
        row.GetFieldValue<DateTimeOffset>(5), row.Nullable<DateTimeOffset>(6));
}
