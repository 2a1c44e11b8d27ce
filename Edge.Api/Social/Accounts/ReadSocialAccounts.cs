using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FluentValidation;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Accounts;

namespace Switchboard.Edge.Api.Social.Accounts;

/// <summary>Which accounts to list.</summary>
internal sealed class ListSocialAccountsRequest : NumberedPageRequest
{
    /// <summary>Only those in this state.</summary>
    [QueryParam]
    public string? State { get; set; }

    /// <summary>Only those of this platform.</summary>
    [QueryParam]
    public string? Platform { get; set; }

    /// <summary>Only those with this tag.</summary>
    [QueryParam]
    public string? Tag { get; set; }

    /// <summary>Only those of this group.</summary>
    [QueryParam]
    public Guid? GroupId { get; set; }

    internal AccountFilter ToFilter() => new(State, Platform, Tag, GroupId);

    // the same for the same question
    internal string CacheKey() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"{State}\n{Platform}\n{Tag}\n{GroupId}\n{Cursor}\n{Page}\n{PageSize()}"))));
}

internal sealed class ListSocialAccountsValidator : NumberedPageValidator<ListSocialAccountsRequest>
{
    public ListSocialAccountsValidator()
        : base(ListSocialAccounts.Name)
    {
        RuleFor(request => request.State).OneOf(AccountStates.All).When(request => request.State is not null);
        RuleFor(request => request.Platform).OneOf([.. SocialPlatforms.All.Keys]).When(request => request.Platform is not null);
        RuleFor(request => request.Tag).Text(SocialAccountRules.MaxTag).When(request => request.Tag is not null);
    }
}

/// <summary><c>GET /api/accounts/social</c>: the user's accounts, newest first; never their tokens.</summary>
internal sealed class ListSocialAccounts(ConnectedAccountStore store, SocialAccountCache cache)
    : NumberedListEndpoint<ListSocialAccountsRequest, SocialAccountResponse>(Name)
{
    public const string Name = "social-accounts";

    public override void Configure() =>
        List("/api/accounts/social", Scope.Social, "Social accounts", "List social accounts, newest first");

    protected override async Task<NumberedPage<SocialAccountResponse>> FindAsync(
        ListSocialAccountsRequest request, CancellationToken cancellationToken) =>
        (await cache.ListAsync<NumberedPage<SocialAccountResponse>>(
            HttpContext.Caller().UserId, request.CacheKey(), async token => await LoadAsync(request, token), cancellationToken))!;

    protected override Task<List<SocialAccountResponse>> ReadAsync(
        ListSocialAccountsRequest request, Cursor? after, int skip, int take, CancellationToken cancellationToken) =>
        store.ListAsync(HttpContext.Caller().UserId, request.ToFilter(), after?.Id, skip, take, cancellationToken);

    protected override Task<int> CountAsync(ListSocialAccountsRequest request, int atMost, CancellationToken cancellationToken) =>
        store.CountAsync(HttpContext.Caller().UserId, request.ToFilter(), atMost, cancellationToken);

    protected override Cursor CursorOf(SocialAccountResponse item) => new(item.CreatedAt, item.Id);
}

/// <summary><c>GET /api/accounts/social/{id}</c>.</summary>
internal sealed class GetSocialAccount(ConnectedAccountStore store, SocialAccountCache cache)
    : GetByIdEndpoint<SocialAccountResponse>("account")
{
    public override void Configure() => Read("/api/accounts/social/{id:guid}", Scope.Social, "Social accounts", "Read a social account");

    protected override async Task<SocialAccountResponse?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        await cache.AccountAsync(userId, id, token => store.FindAsync(userId, id, token), cancellationToken);
}

internal sealed class ListAccountStatesRequest : NumberedPageRequest;

internal sealed class ListAccountStatesValidator() : NumberedPageValidator<ListAccountStatesRequest>(ListAccountStates.Name);

/// <summary><c>GET /api/accounts/social/{id}/history</c>: how its state has changed, and why, newest first.</summary>
internal sealed class ListAccountStates(ConnectedAccountStore store)
    : NumberedListEndpoint<ListAccountStatesRequest, AccountStateResponse>(Name)
{
    public const string Name = "social-account-states";

    private (Guid User, Guid Account) Whose => (HttpContext.Caller().UserId, Route<Guid>("id"));

    public override void Configure() => List(
        "/api/accounts/social/{id:guid}/history", Scope.Social, "Social accounts",
        "List the changes of the state of a social account, newest first");

    protected override async Task<ProblemHttpResult?> RefusalAsync(CancellationToken cancellationToken) =>
        await store.FindAsync(Whose.User, Whose.Account, cancellationToken) is null ? Problems.NotFound("account", Whose.Account) : null;

    protected override Task<List<AccountStateResponse>> ReadAsync(
        ListAccountStatesRequest request, Cursor? after, int skip, int take, CancellationToken cancellationToken) =>
        store.HistoryAsync(Whose.User, Whose.Account, after?.At, skip, take, cancellationToken);

    protected override Task<int> CountAsync(ListAccountStatesRequest request, int atMost, CancellationToken cancellationToken) =>
        store.CountHistoryAsync(Whose.User, Whose.Account, atMost, cancellationToken);

    protected override Cursor CursorOf(AccountStateResponse item) => new(item.At, Whose.Account);
}
