using System.ComponentModel.DataAnnotations;

namespace Switchboard.Simulator.Google;

/// <summary>Options of the section <c>Gmail</c>; the values of the product's Development settings are the defaults.</summary>
internal sealed class GmailOptions
{
    public const string Section = "Gmail";

    [Required]
    public string ClientId { get; set; } = "demo-gmail-client";

    [Required]
    public string ClientSecret { get; set; } = "demo-gmail-secret";

    /// <summary>The refresh token that opens every mailbox; followed by <c>:address</c> it opens that one alone.</summary>
    [Required]
    public string RefreshToken { get; set; } = "demo-gmail-refresh";

    /// <summary>The <c>aud</c> of pushes.</summary>
    [Required]
    public string PushAudience { get; set; } = "http://localhost:5080/api/webhooks/gmail";

    /// <summary>The <c>email</c> of pushes.</summary>
    [Required]
    public string PushServiceAccount { get; set; } = "gmail-push@demo.iam.gserviceaccount.com";

    /// <summary>How long an access token is good for.</summary>
    [Range(1, 86_400)]
    public int AccessTokenSeconds { get; set; } = 3600;

    /// <summary>Push only for mailboxes with a watch that has not expired, as Gmail does. Off, since Gmail remembers watches
    /// and this process forgets them when it ends; a mailbox that was stopped is never pushed.</summary>
    public bool RequireWatch { get; set; }

    /// <summary>Drop pushes over one a second for a mailbox, as Gmail does.</summary>
    public bool OnePushPerSecond { get; set; }
}

/// <summary>Gmail: its API at <c>/gmail/gmail/v1</c>, Google's OAuth at <c>/gmail/oauth</c>, pushes to the edge.</summary>
internal static class GmailEndpoints
{
    public static IServiceCollection AddGmail(this IServiceCollection services)
    {
        services.AddOptions<GmailOptions>().BindConfiguration(GmailOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddSingleton<HistoryIds>()
            .AddSingleton<Mailboxes>()
            .AddSingleton<AccessTokens>()
            .AddSingleton<PushKey>()
            .AddSingleton<PushDelivery>()
            .AddHostedService(provider => provider.GetRequiredService<PushDelivery>())
            .AddSingleton<Inbox>()
            .ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, GmailJson.Default));
    }

    public static void MapGmail(this WebApplication app)
    {
        var gmail = app.MapGroup("/gmail");
        gmail.MapOAuth();
        gmail.MapFallback(() => GoogleErrors.NotFound);
        var users = gmail.MapGroup("/gmail/v1/users/{userId}").AddEndpointFilter<RouteGroupBuilder, GmailAuthorization>();
        users.MapMailboxes();
        users.MapMessages();
    }
}

/// <summary>Checks the access token of a Gmail call and finds the mailbox that it is about.</summary>
internal sealed class GmailAuthorization(AccessTokens tokens, Mailboxes mailboxes) : IEndpointFilter
{
    private const string Scheme = "Bearer ";
    private static readonly object MailboxKey = new();

    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var header = http.Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || tokens.Check(header[Scheme.Length..]) is not { } grant)
        {
            return ValueTask.FromResult<object?>(GoogleErrors.Unauthenticated);
        }

        var user = (string)http.Request.RouteValues["userId"]!;
        var address = user == "me" ? grant.Address : user;
        if (!grant.OpensAll && !address.Equals(grant.Address, StringComparison.OrdinalIgnoreCase))
        {
            return ValueTask.FromResult<object?>(GoogleErrors.Denied(address));
        }

        http.Items[MailboxKey] = mailboxes.Get(address);
        return next(context);
    }

    /// <summary>The mailbox that an authorised call is about.</summary>
    public static Mailbox MailboxOf(HttpContext context) => (Mailbox)context.Items[MailboxKey]!;
}
