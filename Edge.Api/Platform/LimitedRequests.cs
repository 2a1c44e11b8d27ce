using System.Globalization;
using Switchboard.Core.Redis.Limits;
using Switchboard.Core.Security;

namespace Switchboard.Edge.Api.Platform;

/// <summary>
/// A request and what it takes of its limit: one permit to go on, and when its size and its items are known, what these cost more.
/// </summary>
internal sealed class LimitedRequest(HttpContext context, RequestLimiter users, AddressLimits addresses)
{
    private readonly Caller? _caller = context.Features.Get<Caller>();
    private readonly bool _isWebhook = context.GetEndpoint().IsWebhook();
    private int _taken = 1;

    private AddressBudgets Budgets => _isWebhook ? addresses.Webhooks : addresses.Open;

    private RateLimitPolicy Policy => _caller is null ? Budgets.Policy : users.PolicyOf(_isWebhook);

    /// <summary>Whether it may go on; if not, it is answered.</summary>
    public async ValueTask<bool> MayGoOnAsync()
    {
        var permit = _caller is null
            ? Budgets.Take(ClientNetwork.Of(context.Connection.RemoteIpAddress))
            : await users.TakeAsync(_caller, _isWebhook, context.RequestAborted);
        Announce(permit);
        if (!permit.IsAllowed)
            await context.RefuseAsync(Policy, permit.RetryAfter);
        return permit.IsAllowed;
    }

    /// <summary>What it costs as a whole; the largest counts.</summary>
    public async ValueTask CostsAsync(int permits)
    {
        if (permits <= _taken)
            return;
        var more = permits - _taken;
        _taken = permits;
        Announce(_caller is null
            ? Budgets.Take(ClientNetwork.Of(context.Connection.RemoteIpAddress), more)
            // it was used, though its sender may be gone
            : await users.ChargeAsync(_caller, _isWebhook, more, CancellationToken.None));
    }

    private void Announce(RequestPermit permit)
    {
        var headers = context.Response.Headers;
        headers["RateLimit-Policy"] = Policy.Header;
        headers["RateLimit"] = string.Create(
            CultureInfo.InvariantCulture, $"\"{Policy.Name}\";r={permit.Remaining};t={LimitExtensions.Seconds(permit.ResetAfter)}");
    }
}

internal static class LimitExtensions
{
    private const int BytesPerPermit = 16 * 1024;

    /// <summary>The limits of section <c>RateLimits</c>: those of users are counted in Redis.</summary>
    public static IServiceCollection AddRequestLimits(this IServiceCollection services)
    {
        services.AddOptions<RateLimitOptions>().BindConfiguration(RateLimitOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<QuotaOptions>().BindConfiguration(QuotaOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services.AddSwitchboardLimits()
            .AddSingleton<AddressLimits>().AddSingleton<RequestLimiter>().AddSingleton<DailyQuotas>();
    }

    /// <summary>
    /// Before authentication: an address that sends too much, or too much that is refused, is answered at once. Of the latter, keys that
    /// are remembered as good go on, or a client that tries keys would lock out others at its address.
    /// </summary>
    public static IApplicationBuilder UseAddressLimits(this IApplicationBuilder app)
    {
        var limits = app.ApplicationServices.GetRequiredService<AddressLimits>();
        var keys = app.ApplicationServices.GetRequiredService<ApiKeys>();
        return app.Use(async (context, next) =>
        {
            var network = ClientNetwork.Of(context.Connection.RemoteIpAddress);
            var endpoint = context.GetEndpoint();
            if (limits.Requests.Take(network) is { IsAllowed: false } flood)
                await context.RefuseAsync(limits.Requests.Policy, flood.RetryAfter);
            else if (limits.Refusals.Look(network) is { IsAllowed: false } tries && !keys.IsRemembered(context.Request))
                await context.RefuseAsync(limits.Refusals.Policy, tries.RetryAfter);
            else
            {
                await next(context);
                if (WasRefused(context, endpoint))
                    limits.Refusals.Take(network);
            }
        });
    }

    /// <summary>
    /// After authentication: by key and user, or by address where there is no key; and says so on each answer
    /// (draft-ietf-httpapi-ratelimit-headers).
    /// </summary>
    public static IApplicationBuilder UseRequestLimits(this IApplicationBuilder app)
    {
        var users = app.ApplicationServices.GetRequiredService<RequestLimiter>();
        var addresses = app.ApplicationServices.GetRequiredService<AddressLimits>();
        return app.Use(async (context, next) =>
        {
            var request = new LimitedRequest(context, users, addresses);
            context.Features.Set(request);
            if (await request.MayGoOnAsync())
                await next(context);
        });
    }

    /// <summary>Says how many mails or items the request has, each of which counts.</summary>
    public static ValueTask CostsItemsAsync(this HttpContext context, int items) =>
        context.Features.Get<LimitedRequest>()?.CostsAsync(items) ?? ValueTask.CompletedTask;

    /// <summary>Says how long the body of the request was.</summary>
    public static ValueTask CostsBytesAsync(this HttpContext context, long bytes) =>
        context.CostsItemsAsync((int)((bytes + BytesPerPermit - 1) / BytesPerPermit));

    /// <summary>429: over the limit of this policy.</summary>
    public static Task RefuseAsync(this HttpContext context, RateLimitPolicy policy, TimeSpan retryAfter)
    {
        context.Response.Headers.RetryAfter = Math.Max(1, Seconds(retryAfter)).ToString(CultureInfo.InvariantCulture);
        return Problems.For(
            StatusCodes.Status429TooManyRequests,
            FormattableString.Invariant($"More than {policy.Limit.Permits} in {(int)policy.Limit.Window.TotalSeconds} seconds ({policy.Name})."))
            .ExecuteAsync(context);
    }

    internal static bool IsWebhook(this Endpoint? endpoint) => endpoint?.Metadata.GetMetadata<WebhookLimitAttribute>() is not null;

    internal static int Seconds(TimeSpan time) => (int)Math.Ceiling(time.TotalSeconds);

    // a key that is unknown was looked up whatever was asked for, also where none is needed: else that would be the place to try them
    private static bool WasRefused(HttpContext context, Endpoint? endpoint) =>
        context.Features.Get<Caller>() is null && context.Response.StatusCode switch
        {
            StatusCodes.Status401Unauthorized => true,
            StatusCodes.Status400BadRequest or StatusCodes.Status403Forbidden
                or StatusCodes.Status413PayloadTooLarge or StatusCodes.Status415UnsupportedMediaType when endpoint.IsWebhook() => true,
            // not while they cannot be looked up
            < StatusCodes.Status500InternalServerError =>
                ApiKeyAuthentication.KeyOf(context.Request) is { } key && ApiKeySecret.IsWellFormed(key),
            _ => false,
        };
}
