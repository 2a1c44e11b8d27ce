using System.ComponentModel.DataAnnotations;
using System.Net;
using Switchboard.Core.Providers;

namespace Switchboard.Core.Social.Accounts;

/// <summary>How the platforms of social publishing are reached; section <c>Social</c>, the same in each process.</summary>
public sealed class SocialOptions : IValidatableObject
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Social";

    /// <summary>The edge as browsers and platforms reach it, <c>https://switchboard.example</c>; left out, the address that a request
    /// shows.</summary>
    public Uri? PublicBaseUrl { get; set; }

    /// <summary>Networks (<c>10.1.0.0/16</c>) that proxies, and servers of Mastodon and Bluesky, may be in though they are not of the
    /// internet; a server in one of them may do without TLS.</summary>
    public IList<string> AllowedNetworks { get; init; } = [];

    /// <summary>How long a request to a platform may take, in seconds.</summary>
    [Range(1, 300)]
    public int TimeoutSeconds { get; set; } = 30;

    /// <summary>How many requests to a host are under way at once, through each proxy and without one; others wait.</summary>
    [Range(1, 1000)]
    public int MaxConnections { get; set; } = 50;

    /// <summary>Instagram.</summary>
    public PlatformOptions Instagram { get; set; } = new()
    {
        ApiBaseUrl = new("https://graph.instagram.com"),
        AuthorizationUrl = new("https://www.instagram.com/oauth/authorize"),
        TokenUrl = new("https://api.instagram.com/oauth/access_token"),
    };

    /// <summary>Facebook.</summary>
    public PlatformOptions Facebook { get; set; } = new()
    {
        ApiBaseUrl = new("https://graph.facebook.com/v23.0"),
        AuthorizationUrl = new("https://www.facebook.com/v23.0/dialog/oauth"),
        TokenUrl = new("https://graph.facebook.com/v23.0/oauth/access_token"),
    };

    /// <summary>X.</summary>
    public PlatformOptions X { get; set; } = new()
    {
        ApiBaseUrl = new("https://api.x.com"),
        AuthorizationUrl = new("https://x.com/i/oauth2/authorize"),
        TokenUrl = new("https://api.x.com/2/oauth2/token"),
    };

    /// <summary>LinkedIn.</summary>
    public PlatformOptions LinkedIn { get; set; } = new()
    {
        ApiBaseUrl = new("https://api.linkedin.com"),
        AuthorizationUrl = new("https://www.linkedin.com/oauth/v2/authorization"),
        TokenUrl = new("https://www.linkedin.com/oauth/v2/accessToken"),
    };

    /// <summary>The server of Bluesky that is meant when a request names none.</summary>
    [Required]
    public Uri BlueskyServer { get; set; } = new("https://bsky.social");

    /// <summary>How a platform in one place is reached; null for one with many servers.</summary>
    public PlatformOptions? Of(string platform) => platform switch
    {
        SocialPlatforms.Instagram => Instagram,
        SocialPlatforms.Facebook => Facebook,
        SocialPlatforms.X => X,
        SocialPlatforms.LinkedIn => LinkedIn,
        _ => null,
    };

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var network in AllowedNetworks.Where(network => !IPNetwork.TryParse(network, out _)))
            yield return new($"{nameof(AllowedNetworks)}: {network} is no network, such as 10.1.0.0/16.", [nameof(AllowedNetworks)]);
        (string Name, Uri? Value)[] addresses =
        [
            (nameof(PublicBaseUrl), PublicBaseUrl), (nameof(BlueskyServer), BlueskyServer), .. Instagram.Addresses(nameof(Instagram)),
            .. Facebook.Addresses(nameof(Facebook)), .. X.Addresses(nameof(X)), .. LinkedIn.Addresses(nameof(LinkedIn)),
        ];
        foreach (var (name, value) in addresses)
        {
            if ((value is not null || name != nameof(PublicBaseUrl))
                && value is not { IsAbsoluteUri: true, Scheme: "http" or "https", Query.Length: 0, Fragment.Length: 0 })
                yield return new($"{name} must be an address such as https://switchboard.example.", [name]);
        }
    }
}

/// <summary>How a platform in one place is reached.</summary>
public sealed class PlatformOptions
{
    /// <summary>Where its API is.</summary>
    public Uri? ApiBaseUrl { get; set; }

    /// <summary>Where account holders authorize.</summary>
    public Uri? AuthorizationUrl { get; set; }

    /// <summary>Where access tokens are to be had.</summary>
    public Uri? TokenUrl { get; set; }

    /// <summary>The application as it is registered there. Left out, no account of the platform can be connected.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>Its secret; <see cref="None"/> for a public application, and where the platform is not used.</summary>
    public string ClientSecret { get; set; } = "";

    /// <summary>There is no secret: for a deployment that has to say something.</summary>
    public const string None = "none";

    /// <summary>A path of its API.</summary>
    public Uri Api(string path) => new(ApiBaseUrl!.AbsoluteUri.TrimEnd('/') + path);

    internal IEnumerable<(string Name, Uri? Value)> Addresses(string name) =>
    [
        ($"{name}:{nameof(ApiBaseUrl)}", ApiBaseUrl), ($"{name}:{nameof(AuthorizationUrl)}", AuthorizationUrl),
        ($"{name}:{nameof(TokenUrl)}", TokenUrl),
    ];
}

/// <summary>Keeps proxies and servers that users name from the operator's own machines and networks.</summary>
public sealed class SocialAddresses(IOptions<SocialOptions> options) : NetworkGuard(options.Value.AllowedNetworks);
