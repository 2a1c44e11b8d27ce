using System.Text.Json.Serialization;
using FluentValidation;
using Microsoft.Extensions.Options;
using Switchboard.Core.Jobs;
using Switchboard.Core.Security;
using Switchboard.Core.Social.Accounts;

namespace Switchboard.Edge.Api.Social.Accounts;

/// <summary>What is said of a proxy: whether it is made or changed.</summary>
internal abstract class ProxyRequest
{
    public string? Name { get; init; }

    /// <summary>http, https or socks5.</summary>
    public string? Scheme { get; init; }

    /// <summary>Its host: at an address of the internet, or in a network that the operator allows.</summary>
    public string? Host { get; init; }

    public int? Port { get; init; }

    /// <summary>What it is shown, with the password.</summary>
    public string? UserName
    {
        get;
        init => (field, SaysCredentials) = (value, true);
    }

    public string? Password
    {
        get;
        init => (field, SaysCredentials) = (value, true);
    }

    /// <summary>Whether the request says anything about user name and password; null takes them away.</summary>
    [JsonIgnore]
    public bool SaysCredentials { get; private init; }
}

internal sealed class CreateProxyRequest : ProxyRequest;

internal sealed class ChangeProxyRequest : ProxyRequest;

internal sealed class CreateProxyValidator : ProxyValidator<CreateProxyRequest>
{
    public CreateProxyValidator()
    {
        RuleFor(request => request.Name).NotEmpty();
        RuleFor(request => request.Scheme).NotNull();
        RuleFor(request => request.Host).NotEmpty();
        RuleFor(request => request.Port).NotNull();
    }
}

internal sealed class ChangeProxyValidator : ProxyValidator<ChangeProxyRequest>
{
    public ChangeProxyValidator() => RuleFor(request => request)
        .Must(request => request.Name is not null || request.Scheme is not null || request.Host is not null || request.Port is not null
            || request.SaysCredentials)
        .OverridePropertyName("$")
        .WithMessage("It must say name, scheme, host, port, userName or password.");
}

internal abstract class ProxyValidator<TRequest> : Validator<TRequest>
    where TRequest : ProxyRequest
{
    protected ProxyValidator()
    {
        RuleFor(request => request.Name).Visible().Text(SocialAccountRules.MaxName).When(request => request.Name is not null);
        RuleFor(request => request.Scheme).OneOf(ProxyStates.Schemes).When(request => request.Scheme is not null);
        RuleFor(request => request.Host)
            .Must(host => host!.Length <= 255 && Uri.CheckHostName(host) != UriHostNameType.Unknown)
            .When(request => request.Host is not null)
            .WithMessage("It must be a host: proxy.example, or an address.");
        RuleFor(request => request.Port).InclusiveBetween(1, 65_535);
        RuleFor(request => request.UserName).Text(255);
        RuleFor(request => request.Password).Text(255);
        RuleFor(request => request.UserName).NotEmpty().When(request => request.Password is not null)
            .WithMessage("A password is shown with a user name.");
    }
}

/// <summary><c>POST /api/proxies</c>: what requests of accounts go through. It is checked at once, and then again and again.</summary>
internal sealed class CreateProxy(
    CreatingTransactions transactions, SocialProxyStore proxies, SocialAddresses addresses, SecretProtector secrets,
    SocialAccountCache cache, IOptions<SocialAccountOptions> options, TimeProvider timeProvider)
    : Endpoint<CreateProxyRequest, Results<Created<SocialProxy>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/proxies");
        Policies(Scope.Social);
        Description(endpoint => endpoint.Titled("Proxies", "Make a proxy that requests of social accounts go through")
            .Example("""{"name": "office", "scheme": "socks5", "host": "proxy.example", "port": 1080, "userName": "u", "password": "p"}""")
            .Produces<SocialProxy>(201).Refuses(400, 401, 403, 409, 413, 415, 422, 429, 503));
    }

    public override async Task<Results<Created<SocialProxy>, ProblemHttpResult>> ExecuteAsync(
        CreateProxyRequest request, CancellationToken ct)
    {
        // before the transaction: it may ask for a name
        if (await ProxyHosts.IsRefusedAsync(addresses, request.Host!, request.Port!.Value, ct))
            return ProxyHosts.NotPublic;
        var userId = HttpContext.Caller().UserId;
        var now = timeProvider.GetUtcNow().ToStorable();
        var id = Guid.CreateVersion7(now);
        var credentials = request.UserName is { } user ? ProxyCredentials.Write(secrets, id, user, request.Password ?? "") : null;
        var proxy = new SocialProxy(
            id, request.Name!.Trim(), request.Scheme!, request.Host!, request.Port.Value, credentials is not null, ProxyStates.Unchecked,
            null,
            0, null, null, now, now, now);
        var creation = await transactions.RunAsync(HttpContext, request, async (transaction, jobs) =>
        {
            var atMost = options.Value.MaxProxiesPerUser;
            if (await proxies.Rows.CountAsync(transaction, userId, atMost, ct) >= atMost)
                return Creation<SocialProxy>.Refused(Problems.Conflict($"A user has at most {atMost} proxies."));
            if (!await SocialProxyStore.InsertAsync(transaction, userId, proxy, credentials, ct))
                return Creation<SocialProxy>.Refused(Problems.Conflict($"There is a proxy {proxy.Name}."));
            jobs.Add(new(new CheckProxies(Guid.CreateVersion7(now))));
            return Creation<SocialProxy>.Made(proxy);
        }, ct);
        if (creation.Refusal is { } refusal)
            return refusal;
        await cache.ForgetAsync(userId, CancellationToken.None);
        return TypedResults.Created($"/api/proxies/{creation.Answer!.Id}", creation.Answer);
    }
}

/// <summary><c>PATCH /api/proxies/{id}</c>: one that is elsewhere, or is shown something else, is checked again.</summary>
internal sealed class ChangeProxy(
    NpgsqlDataSource dataSource, SocialProxyStore store, SocialAddresses addresses, SecretProtector secrets, SocialAccountCache cache,
    JobOutbox outbox, TimeProvider timeProvider) : Endpoint<ChangeProxyRequest, Results<Ok<SocialProxy>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Patch("/api/proxies/{id:guid}");
        Policies(Scope.Social);
        Description(endpoint => endpoint.Titled("Proxies", "Change a proxy")
            .WithDescription("With another scheme, host or port it has to say userName and password again, if the proxy has them.")
            .Example("""{"host": "other.example", "port": 3128, "userName": "u", "password": "p"}""")
            .Produces<SocialProxy>().Refuses(400, 401, 403, 404, 409, 413, 415, 429, 503));
    }

    public override async Task<Results<Ok<SocialProxy>, ProblemHttpResult>> ExecuteAsync(ChangeProxyRequest request, CancellationToken ct)
    {
        var (userId, id) = (HttpContext.Caller().UserId, Route<Guid>("id"));
        if (await store.Rows.FindAsync(userId, id, ct) is not { } known)
            return Problems.NotFound("proxy", id);
        if (await ProxyHosts.IsRefusedAsync(addresses, request.Host ?? known.Host, request.Port ?? known.Port, ct))
            return ProxyHosts.NotPublic;

        SocialProxy? changed;
        await using (var connection = await dataSource.OpenConnectionAsync(ct))
        {
            await using var transaction = await connection.BeginTransactionAsync(ct);
            if (await store.Rows.LockAsync(transaction, userId, id, ct) is not { } found)
                return Problems.NotFound("proxy", id);
            var wanted = found with
            {
                Name = request.Name?.Trim() ?? found.Name,
                Scheme = request.Scheme ?? found.Scheme,
                Host = request.Host ?? found.Host,
                Port = request.Port ?? found.Port,
            };
            var isMoved = (wanted with { Name = found.Name }) != found;
            if (isMoved && found.HasCredentials && !request.SaysCredentials)
                return ProxyHosts.SayCredentials;
            var isElsewhere = isMoved || request.SaysCredentials;
            var credentials = request.UserName is { } user ? ProxyCredentials.Write(secrets, id, user, request.Password ?? "") : null;
            var now = timeProvider.GetUtcNow();
            changed = await SocialProxyStore.ChangeAsync(
                transaction, userId, wanted, request.SaysCredentials, credentials, isElsewhere, now, ct);
            if (changed is null)
                return Problems.Conflict($"There is a proxy {wanted.Name}.");
            await outbox.CommitAsync(transaction, isElsewhere ? [new(new CheckProxies(Guid.CreateVersion7(now)))] : [], ct);
        }

        await cache.ForgetAsync(userId, CancellationToken.None);
        return TypedResults.Ok(changed);
    }
}

/// <summary>Whether requests may go through a host.</summary>
internal static class ProxyHosts
{
    public static ProblemHttpResult NotPublic => Problems.Invalid(new FieldError("host", "It must be at an address of the internet."));

    /// <summary>What was stored for one place is not shown at another: who may change a proxy could read its password there.</summary>
    public static ProblemHttpResult SayCredentials => Problems.Invalid(new FieldError(
        "userName", "The proxy would be shown its user name and password at another place: say them again, or null for none."));

    public static Task<bool> IsRefusedAsync(SocialAddresses addresses, string host, int port, CancellationToken cancellationToken) =>
        addresses.IsRefusedAsync(new UriBuilder("http", host, port).Uri, cancellationToken);
}
