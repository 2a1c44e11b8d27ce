using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Operations.Access;

internal sealed class ListUsersRequest : PageRequest;

internal sealed class ListUsersValidator() : PageValidator<ListUsersRequest>(ListUsers.Name);

/// <summary><c>GET /api/users</c>: all users, newest first, for an administrator.</summary>
internal sealed class ListUsers(NpgsqlDataSource dataSource) : ListEndpoint<ListUsersRequest, UserResponse>(Name)
{
    public const string Name = "users";

    private const string Sql =
        $"SELECT {UserResponse.Columns} FROM users WHERE $1::uuid IS NULL OR id < $1 ORDER BY id DESC LIMIT $2";

    public override void Configure() => List("/api/users", Scope.Admin, "Users", "List users, newest first");

    protected override Task<List<UserResponse>> ReadAsync(
        ListUsersRequest request, Cursor? after, int take, CancellationToken cancellationToken) =>
        dataSource.Command(Sql, after?.Id, take).ListAsync(UserResponse.Read, cancellationToken);

    protected override Cursor CursorOf(UserResponse item) => new(item.CreatedAt, item.Id);
}

/// <summary>A user.</summary>
internal sealed record UserResponse(Guid Id, string Email, string Name, DateTimeOffset CreatedAt)
{
    /// <summary>The columns, in the order in which <see cref="Read"/> takes them.</summary>
    public const string Columns = "id, email, name, created_at";

    /// <summary>Reads a row of <see cref="Columns"/>.</summary>
    public static UserResponse Read(NpgsqlDataReader row) =>
        new(row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetFieldValue<DateTimeOffset>(3));
}
