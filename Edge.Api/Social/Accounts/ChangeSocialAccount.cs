using System.Text.Json.Serialization;
using FluentValidation;
using Switchboard.Core.Jobs;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Accounts;

namespace Switchboard.Edge.Api.Social.Accounts;

/// <summary>What of an account to change: what is left out stays, null takes it away.</summary>
internal sealed class ChangeSocialAccountRequest
{
    /// <summary>What its requests go through; null for that of its groups, or none.</summary>
    public Guid? ProxyId
    {
        get;
        init => (field, SaysProxy) = (value, true);
    }

    /// <summary>The protocol that it follows from now on; null: its warm-up is over.</summary>
    public Guid? WarmupProtocolId
    {
        get;
        init => (field, SaysProtocol) = (value, true);
    }

    /// <summary>How many posts a day it may publish; null for as many as its platform takes.</summary>
    public int? DailyCap
    {
        get;
        init => (field, SaysCap) = (value, true);
    }

    public IReadOnlyList<string?>? Tags { get; init; }

    [JsonIgnore]
    public bool SaysProxy { get; private init; }

    [JsonIgnore]
    public bool SaysProtocol { get; private init; }

    [JsonIgnore]
    public bool SaysCap { get; private init; }
}

internal sealed class ChangeSocialAccountValidator : Validator<ChangeSocialAccountRequest>
{
    public ChangeSocialAccountValidator()
    {
        RuleFor(request => request.DailyCap).InclusiveBetween(1, SocialAccountRules.MaxCap);
        RuleFor(request => request.Tags).ListOf(SocialAccountRules.MaxTags, SocialAccountRules.MaxTag);
        RuleFor(request => request)
            .Must(request => request.SaysProxy || request.SaysProtocol || request.SaysCap || request.Tags is not null)
            .OverridePropertyName("$")
            .WithMessage("It must say proxyId, warmupProtocolId, dailyCap or tags.");
    }
}

/// <summary><c>PATCH /api/accounts/social/{id}</c>: its proxy, warm-up, cap and tags.</summary>
internal sealed class ChangeSocialAccount(
    ConnectedAccountStore store, WarmupStore protocols, SocialAccountChanges changes, SocialProxyStore proxies, TimeProvider timeProvider)
    : Endpoint<ChangeSocialAccountRequest, Results<Ok<SocialAccountResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Patch("/api/accounts/social/{id:guid}");
        Policies(Scope.Social);
        Description(endpoint => endpoint.Titled("Social accounts", "Change the proxy, warm-up, cap or tags of a social account")
            .Example("""{"dailyCap": 10, "tags": ["news"]}""")
            .Produces<SocialAccountResponse>().Refuses(400, 401, 403, 404, 413, 415, 429, 503));
    }

    public override async Task<Results<Ok<SocialAccountResponse>, ProblemHttpResult>> ExecuteAsync(
        ChangeSocialAccountRequest request, CancellationToken ct)
    {
        var (userId, id) = (HttpContext.Caller().UserId, Route<Guid>("id"));
        if (request.ProxyId is { } proxy && await proxies.Rows.FindAsync(userId, proxy, ct) is null)
            return Problems.Invalid(new FieldError("proxyId", $"There is no proxy {proxy}."));
        if (request.WarmupProtocolId is { } protocol && await protocols.Rows.FindAsync(userId, protocol, ct) is null)
            return Problems.Invalid(new FieldError("warmupProtocolId", $"There is no warm-up protocol {protocol}."));

        return await changes.RunAsync(userId, id, async (transaction, locked) =>
        {
            var ends = await store.ChangeAsync(transaction, userId, id, request, ct);
            if (request.SaysProtocol
                && AccountTransitions.Warmed(locked.State, ends, timeProvider.GetUtcNow()) is var state && state != locked.State)
                await store.SetStateAsync(transaction, userId, id, state, "Its user changed its warm-up.", ct);
            return null;
        }, ct);
    }
}

/// <summary><c>POST</c> of what a person does to the state of an account, without a body; it answers the account as it is then.</summary>
internal abstract class AccountStateEndpoint(ConnectedAccountStore store, SocialAccountChanges changes)
    : EndpointWithoutRequest<Results<Ok<SocialAccountResponse>, ProblemHttpResult>>
{
    /// <summary>Its route below the account, and its summary in OpenAPI.</summary>
    protected void Act(string action, string summary)
    {
        Post($"/api/accounts/social/{{id:guid}}/{action}");
        Policies(Scope.Social);
        Description(endpoint => endpoint.Titled("Social accounts", summary)
            .Produces<SocialAccountResponse>().Refuses(401, 403, 404, 409, 429, 503));
    }

    public sealed override Task<Results<Ok<SocialAccountResponse>, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var (userId, id) = (HttpContext.Caller().UserId, Route<Guid>("id"));
        return changes.RunAsync(userId, id, async (transaction, locked) =>
        {
            var (state, reason, refusal) = Decide(locked);
            if (refusal is not null)
                return Problems.Conflict(refusal);
            await store.SetStateAsync(transaction, userId, id, state, reason, ct);
            return null;
        }, ct);
    }

    /// <summary>The state that it comes to and why, or why it does not.</summary>
    protected abstract (string State, string Reason, string? Refusal) Decide(LockedSocialAccount locked);
}

/// <summary><c>POST /api/accounts/social/{id}/pause</c>: nothing is published to it until it is resumed.</summary>
internal sealed class PauseSocialAccount(ConnectedAccountStore store, SocialAccountChanges changes) : AccountStateEndpoint(store, changes)
{
    public override void Configure() => Act("pause", "Pause a social account");

    protected override (string State, string Reason, string? Refusal) Decide(LockedSocialAccount locked) =>
        (AccountStates.Paused, "Its user paused it.", AccountTransitions.PauseRefusal(locked.State));
}

/// <summary>
/// <c>POST /api/accounts/social/{id}/resume</c>: one that was paused or suspended goes on, in its warm-up or a limit where that is not
/// over.
/// </summary>
internal sealed class ResumeSocialAccount(ConnectedAccountStore store, SocialAccountChanges changes, TimeProvider timeProvider)
    : AccountStateEndpoint(store, changes)
{
    public override void Configure() => Act("resume", "Resume a social account that was paused or suspended");

    protected override (string State, string Reason, string? Refusal) Decide(LockedSocialAccount locked) => (
        AccountTransitions.Resumed(locked, timeProvider.GetUtcNow()), "Its user resumed it.",
        AccountTransitions.ResumeRefusal(locked.State, locked.StateUntil));
}

/// <summary><c>POST /api/accounts/social/{id}/check</c>: its platform is asked whether it is well, in a moment.</summary>
internal sealed class CheckSocialAccount(ConnectedAccountStore store, JobPublisher publisher, TimeProvider timeProvider)
    : EndpointWithoutRequest<Results<Accepted<SocialAccountResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/accounts/social/{id:guid}/check");
        Policies(Scope.Social);
        Description(endpoint => endpoint.Titled("Social accounts", "Have the platform of a social account asked whether it is well")
            .Produces<SocialAccountResponse>(202).Refuses(401, 403, 404, 429, 503));
    }

    public override async Task<Results<Accepted<SocialAccountResponse>, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var (userId, id) = (HttpContext.Caller().UserId, Route<Guid>("id"));
        if (await store.FindAsync(userId, id, ct) is not { } account)
            return Problems.NotFound("account", id);
        await publisher.PublishAsync([new(new CheckAccountHealth(Guid.CreateVersion7(timeProvider.GetUtcNow()), userId, id))], ct);
        return TypedResults.Accepted($"/api/accounts/social/{id}", account);
    }
}

/// <summary><c>DELETE /api/accounts/social/{id}</c>: it is gone at once with all that is kept of it; its grant is revoked.</summary>
internal sealed class DisconnectSocialAccount(
    NpgsqlDataSource dataSource, JobOutbox outbox, SocialAccountCache cache, TimeProvider timeProvider) : DeleteByIdEndpoint("account")
{
    public override void Configure() =>
        Delete(
            "/api/accounts/social/{id:guid}", Scope.Social, "Social accounts", "Disconnect a social account and revoke its authorization");

    protected override async Task<bool> DeleteAsync(Caller caller, Guid id, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var gone = await SocialDisconnection.RunAsync(transaction, caller.UserId, id, timeProvider.GetUtcNow(), cancellationToken);
        if (gone.Ids.Length == 0)
            return false;
        await outbox.CommitAsync(transaction, gone.Jobs, cancellationToken);
        await cache.ForgetAsync(caller.UserId, CancellationToken.None);
        return true;
    }
}

/// <summary>Changes an account that is locked meanwhile, and then tells caches and health.</summary>
internal sealed class SocialAccountChanges(
    NpgsqlDataSource dataSource, ConnectedAccountStore store, SocialAccountCache cache, JobOutbox outbox, TimeProvider timeProvider)
{
    /// <summary>Changes it.</summary>
    /// <param name="userId">Whose it must be.</param>
    /// <param name="id">The account.</param>
    /// <param name="change">Changes it in the transaction, or says why it does not.</param>
    /// <param name="cancellationToken">Ends it; then nothing is changed.</param>
    public async Task<Results<Ok<SocialAccountResponse>, ProblemHttpResult>> RunAsync(
        Guid userId, Guid id, Func<NpgsqlTransaction, LockedSocialAccount, Task<ProblemHttpResult?>> change,
        CancellationToken cancellationToken)
    {
        SocialAccountResponse account;
        await using (var connection = await dataSource.OpenConnectionAsync(cancellationToken))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            if (await ConnectedAccountStore.LockAsync(transaction, userId, id, cancellationToken) is not { } locked)
                return Problems.NotFound("account", id);
            if (await change(transaction, locked) is { } refusal)
                return refusal;
            account = (await store.FindAsync(transaction, userId, id, cancellationToken))!;
            var score = new OutgoingJob(new ScoreAccounts(Guid.CreateVersion7(timeProvider.GetUtcNow()), userId, [id]));
            await outbox.CommitAsync(transaction, [score], cancellationToken);
        }

        await cache.ForgetAsync(userId, id, CancellationToken.None);
        return TypedResults.Ok(account);
    }
}
