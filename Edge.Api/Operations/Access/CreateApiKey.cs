using FluentValidation;
using Microsoft.Extensions.Options;
using Switchboard.Core.Security;

namespace Switchboard.Edge.Api.Operations.Access;

/// <summary>A key to make.</summary>
internal sealed class CreateApiKeyRequest
{
    public string? Name { get; init; }

    /// <summary>Left out, what concerns the user alone and the calling key has.</summary>
    public IReadOnlyList<string?>? Scopes { get; init; }

    /// <summary>Another user; for an administrator.</summary>
    public Guid? UserId { get; init; }

    /// <summary>Until when it is good; at most, and left out exactly, as long as the calling key is.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

internal sealed class CreateApiKeyValidator : Validator<CreateApiKeyRequest>
{
    public CreateApiKeyValidator()
    {
        RuleFor(request => request.Name).NotEmpty().Text(200);
        RuleFor(request => request.Scopes)
            .NotEmpty()
            .When(request => request.Scopes is not null)
            .ListOf(Scope.All.Count, 50, scope =>
                Scope.All.Contains(scope) ? null : $"It must be one of {string.Join(", ", Scope.All)}.");
    }
}

/// <summary>
/// What was made, and the one time that the key is shown: it is null when the answer is given again for an <c>Idempotency-Key</c>.
/// </summary>
internal sealed record CreateApiKeyResponse(
    Guid Id,
    string? Key,
    string Prefix,
    Guid UserId,
    string Name,
    IReadOnlyList<string> Scopes,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt = null,
    Guid? ParentId = null) : IShownOnce<CreateApiKeyResponse>
{
    public CreateApiKeyResponse WithoutSecret() => this with { Key = null };
}

/// <summary>
/// <c>POST /api/api-keys</c>: a key for oneself, with scopes that the calling key has; for an administrator also for others, with any.
/// It is the calling key's child: it ends no later, and is revoked with it.
/// </summary>
internal sealed class CreateApiKey(
    CreatingTransactions transactions, DailyQuotas quotas, ApiKeyStore store, IOptions<KeyOptions> options, TimeProvider timeProvider)
    : Endpoint<CreateApiKeyRequest, Results<Created<CreateApiKeyResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/api-keys");
        Policies(Scope.Keys);
        Description(endpoint => endpoint.Titled("Keys", "Create a key; it is shown once").HoldsSecret()
            .Produces<CreateApiKeyResponse>(201).Refuses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503));
    }

    public override async Task<Results<Created<CreateApiKeyResponse>, ProblemHttpResult>> ExecuteAsync(
        CreateApiKeyRequest request, CancellationToken ct)
    {
        var caller = HttpContext.Caller();
        string[] scopes = request.Scopes is null ? [.. Scope.Personal.Where(caller.Has)] : [.. request.Scopes.Distinct()!];
        if (Missing(caller, request.UserId ?? caller.UserId, scopes) is { } missing)
            return Problems.MissingScope($"To make this key, the asking one must have the scope '{missing}'.");
        if (scopes.Length == 0)
            return Problems.Invalid(new FieldError("scopes", "Say which: the calling key has none of those that a key gets by itself."));
        if (await quotas.TakeAsync(HttpContext, Quota.Keys, request.UserId ?? caller.UserId, ct) is { } usedUp)
            return usedUp;

        var creation = await transactions.RunAsync(HttpContext, request, tx => InsertAsync(tx, request, scopes, ct), ct);
        return creation.Refusal is { } refusal ? refusal : TypedResults.Created((string?)null, creation.Answer);
    }

    /// <summary>The scope that the calling key lacks; null if it lacks none. A key gives no scope that it lacks.</summary>
    internal static string? Missing(Caller caller, Guid userId, IReadOnlyList<string> scopes) =>
        userId != caller.UserId && !caller.IsAdmin ? Scope.Admin : scopes.FirstOrDefault(scope => !caller.Has(scope));

    /// <summary>What is wrong with the end that is asked for; null if nothing is.</summary>
    internal static string? ErrorOf(DateTimeOffset? expiresAt, DateTimeOffset? parentExpiresAt, DateTimeOffset now) =>
        expiresAt <= now ? "It must be in the future."
        : expiresAt > parentExpiresAt ? $"It must not be after {parentExpiresAt:O}, when the calling key ends."
        : null;

    private async Task<Creation<CreateApiKeyResponse>> InsertAsync(
        NpgsqlTransaction transaction, CreateApiKeyRequest request, string[] scopes, CancellationToken ct)
    {
        var caller = HttpContext.Caller();
        var now = timeProvider.GetUtcNow();
        if (await store.LockParentAsync(transaction, caller, ct) is not { } parent)
            return Refused(Problems.For(StatusCodes.Status401Unauthorized, "The calling key was revoked or has expired."));
        if (ErrorOf(request.ExpiresAt, parent.ExpiresAt, now) is { } error)
            return Refused(Problems.Invalid(new FieldError("expiresAt", error)));
        var userId = request.UserId ?? caller.UserId;
        if (await store.CountAsync(transaction, userId, ct) is not { } count)
            return Refused(Problems.NotFound("user", userId));
        if (count >= options.Value.MaxPerUser)
            return Refused(Problems.Conflict($"A user has at most {options.Value.MaxPerUser} keys. Revoke one that is not used."));

        var key = ApiKeySecret.New();
        var made = new CreateApiKeyResponse(
            Guid.CreateVersion7(now), key, ApiKeySecret.Shown(key), userId, request.Name!.Trim(), scopes, now.ToStorable(),
            (request.ExpiresAt ?? parent.ExpiresAt)?.ToStorable(), caller.KeyId);
        await ApiKeyStore.InsertAsync(transaction, made, ApiKeySecret.Hash(key), ct);
        return Creation<CreateApiKeyResponse>.Made(made);
    }

    private static Creation<CreateApiKeyResponse> Refused(ProblemHttpResult refusal) => Creation<CreateApiKeyResponse>.Refused(refusal);
}
