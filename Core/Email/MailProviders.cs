using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Switchboard.Core.Providers.OAuth;

namespace Switchboard.Core.Email;

/// <summary>How mailboxes of a provider are connected; sections <c>Gmail</c> and <c>Graph</c>.</summary>
public sealed class MailProviderOptions : IValidatableObject
{
    /// <summary>Where the API is; <c>/gmail/v1/…</c> or <c>/v1.0/…</c> follows.</summary>
    [Required]
    public Uri? ApiBaseUrl { get; set; }

    /// <summary>Where account holders authorize. Not to be set for Graph: see <see cref="Authority"/>.</summary>
    public Uri? AuthorizationUrl { get; set; }

    /// <summary>Where access tokens are to be had. Not to be set for Graph: see <see cref="Authority"/>.</summary>
    public Uri? TokenUrl { get; set; }

    /// <summary>Of Graph, the identity platform with its tenant; <c>/oauth2/v2.0/…</c> follows.</summary>
    public Uri? Authority { get; set; }

    /// <summary>The application as it is registered there. Left out, no mailbox of this provider can be connected.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>Its secret; left out for a public client, which PKCE alone protects.</summary>
    public string ClientSecret { get; set; } = "";

    /// <summary>The edge as browsers reach it, <c>https://switchboard.example</c>; left out, the address that a request shows.</summary>
    public Uri? PublicBaseUrl { get; set; }

    /// <summary>How long the authority may take for an answer, in seconds.</summary>
    [Range(1, 60)]
    public int ConnectTimeoutSeconds { get; set; } = 10;

    /// <summary>An access token is renewed so many seconds before it ends, or at half of its time if that is later.</summary>
    [Range(0, 3_600)]
    public int TokenEarlySeconds { get; set; } = 300;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        (string Name, Uri? Value)[] addresses =
        [
            (nameof(ApiBaseUrl), ApiBaseUrl), (nameof(AuthorizationUrl), AuthorizationUrl), (nameof(TokenUrl), TokenUrl),
            (nameof(Authority), Authority), (nameof(PublicBaseUrl), PublicBaseUrl),
        ];
        return from address in addresses
               where address.Value is { } url
                   && !(url.IsAbsoluteUri && url.Scheme is "http" or "https" && url.Query.Length == 0 && url.Fragment.Length == 0)
               select new ValidationResult($"{address.Name} must be an address such as https://switchboard.example.", [address.Name]);
    }
}

/// <summary>The providers whose mailboxes can be connected, by the names by which they are stored and shown.</summary>
public static class MailProviders
{
    /// <summary>Gmail.</summary>
    public const string Gmail = "gmail";

    /// <summary>Microsoft 365.</summary>
    public const string Microsoft = "microsoft";

    /// <summary>The names of all providers.</summary>
    public static IReadOnlyList<string> All { get; } = [Gmail, Microsoft];

    // RFC 5321, 4.5.3.1
    private const int LongestAddress = 320;

    /// <summary>Registers the providers; the options of each have its name.</summary>
    public static IServiceCollection AddMailProviders(this IServiceCollection services)
    {
        Add(services, Gmail, "Gmail", OfGmail, options =>
        {
            options.ApiBaseUrl = new("https://gmail.googleapis.com");
            options.AuthorizationUrl = new("https://accounts.google.com/o/oauth2/v2/auth");
            options.TokenUrl = new("https://oauth2.googleapis.com/token");
        });
        Add(services, Microsoft, "Graph", OfMicrosoft, options =>
        {
            options.ApiBaseUrl = new("https://graph.microsoft.com");
            options.Authority = new("https://login.microsoftonline.com/common");
        });
        return services;
    }

    /// <summary>Where Gmail tells whose mailbox a token opens (Gmail: users.getProfile).</summary>
    /// <param name="options">Where the API is.</param>
    /// <param name="user">An address, if the token opens it; <c>me</c> for whichever it opens.</param>
    public static Uri GmailProfile(MailProviderOptions options, string user = "me")
    {
        ArgumentNullException.ThrowIfNull(options);
        return Below(options.ApiBaseUrl!, $"/gmail/v1/users/{Uri.EscapeDataString(user)}/profile");
    }

    /// <summary>Gmail: without <c>access_type</c> and consent it gives no refresh token.</summary>
    public static OAuthProvider OfGmail(MailProviderOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new()
        {
            Name = Gmail,
            Label = "Google",
            AuthorizationUrl = options.AuthorizationUrl!,
            TokenUrl = options.TokenUrl!,
            ProfileUrl = GmailProfile(options),
            ReadProfile = profile => Address(profile, "emailAddress") is { } address ? new(address) : null,
            ClientId = options.ClientId,
            ClientSecret = options.ClientSecret,
            Scopes = "https://www.googleapis.com/auth/gmail.readonly",
            AuthorizationParameters = new Dictionary<string, string>
            {
                ["access_type"] = "offline",
                ["prompt"] = "select_account consent",
            },
            RefreshTokenPurpose = "gmail-refresh-token",
            Timeout = TimeSpan.FromSeconds(options.ConnectTimeoutSeconds),
            RenewEarly = TimeSpan.FromSeconds(options.TokenEarlySeconds),
        };
    }

    /// <summary>Microsoft 365: read mail, know whose it is, and go on while the account holder is offline.</summary>
    public static OAuthProvider OfMicrosoft(MailProviderOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new()
        {
            Name = Microsoft,
            Label = "Microsoft",
            AuthorizationUrl = Below(options.Authority!, "/oauth2/v2.0/authorize"),
            TokenUrl = Below(options.Authority!, "/oauth2/v2.0/token"),
            ProfileUrl = Below(options.ApiBaseUrl!, "/v1.0/me?$select=mail,userPrincipalName"),
            ReadProfile = OfUser,
            ClientId = options.ClientId,
            ClientSecret = options.ClientSecret,
            Scopes = "offline_access Mail.Read User.Read",
            AuthorizationParameters = new Dictionary<string, string> { ["response_mode"] = "query", ["prompt"] = "select_account" },
            RefreshTokenPurpose = "graph-refresh-token",
            Timeout = TimeSpan.FromSeconds(options.ConnectTimeoutSeconds),
            RenewEarly = TimeSpan.FromSeconds(options.TokenEarlySeconds),
        };
    }

    // the address of the mailbox, else the name under which its user signs in
    private static AccountProfile? OfUser(JsonElement user)
    {
        var (mail, name) = (Address(user, "mail"), Address(user, "userPrincipalName"));
        return (mail, name) switch
        {
            (null, null) => null,
            (null, not null) => new(name),
            _ => new(mail, name is null ? [] : [name]),
        };
    }

    private static string? Address(JsonElement profile, string name) =>
        profile.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            && value.GetString()!.Trim().ToLowerInvariant() is { Length: <= LongestAddress } address
            && address.Contains('@', StringComparison.Ordinal) && !address.Any(char.IsControl)
                ? address
                : null;

    private static void Add(
        IServiceCollection services,
        string name,
        string section,
        Func<MailProviderOptions, OAuthProvider> provider,
        Action<MailProviderOptions> defaults)
    {
        services.AddOptions<MailProviderOptions>(name)
            .Configure(defaults).BindConfiguration(section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOAuthProvider(
            name, services => provider(services.GetRequiredService<IOptionsMonitor<MailProviderOptions>>().Get(name)));
    }

    private static Uri Below(Uri address, string path) => new(address.AbsoluteUri.TrimEnd('/') + path);
}
