using FluentValidation;

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

/// <summary>A user to make.</summary>
internal sealed class CreateUserRequest
{
    public string? Email { get; init; }

    public string? Name { get; init; }
}

internal sealed class CreateUserValidator : Validator<CreateUserRequest>
{
    public CreateUserValidator()
    {
        RuleFor(request => request.Email).NotEmpty().EmailAddress().Text(320);
        RuleFor(request => request.Name).NotEmpty().Text(200);
    }
}

/// <summary><c>POST /api/users</c>: for an administrator.</summary>
internal sealed class CreateUser(CreatingTransactions transactions, TimeProvider timeProvider)
    : Endpoint<CreateUserRequest, Results<Created<UserResponse>, ProblemHttpResult>>
{
    private const string Sql =
        $"INSERT INTO users ({UserResponse.Columns}) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING {UserResponse.Columns}";

    public override void Configure()
    {
        Post("/api/users");
        Policies(Scope.Admin);
        Description(endpoint => endpoint.Titled("Users", "Create a user")
            .Produces<UserResponse>(201).Refuses(400, 401, 403, 409, 413, 415, 422, 429, 503));
    }

    public override async Task<Results<Created<UserResponse>, ProblemHttpResult>> ExecuteAsync(
        CreateUserRequest request, CancellationToken ct)
    {
        var creation = await transactions.RunAsync(HttpContext, request, tx => InsertAsync(tx, request, ct), ct);
        return creation.Refusal is { } refusal ? refusal : TypedResults.Created((string?)null, creation.Answer);
    }

    private async Task<Creation<UserResponse>> InsertAsync(NpgsqlTransaction tx, CreateUserRequest request, CancellationToken ct)
    {
        var now = timeProvider.GetUtcNow();
        var user = await tx.Command(Sql, Guid.CreateVersion7(now), request.Email!.Trim(), request.Name!.Trim(), now)
            .FirstAsync(UserResponse.Read, ct);
        return user is null
            ? Creation<UserResponse>.Refused(Problems.Conflict("There is a user with this email already."))
            : Creation<UserResponse>.Made(user);
    }
}
