using System.Buffers.Text;
using System.Net;
using System.Text.RegularExpressions;
using Switchboard.Core.Providers;

namespace Switchboard.Edge.Api.Notifications.Recipients;

/// <summary>What tokens and subscriptions of push must be.</summary>
internal static partial class PushAddresses
{
    private const int P256Bytes = 65;
    private const int SecretBytes = 16;

    /// <summary>The field that is wrong, and why; null if none is.</summary>
    public static (string Field, string Error)? ErrorOf(PushAddressRequest push, IHostEnvironment environment) => push.Service switch
    {
        "fcm" when !FcmToken().IsMatch(push.Token ?? "") => ("Token", "It must be a registration token of FCM."),
        "apns" when !ApnsToken().IsMatch(push.Token ?? "") => ("Token", "It must be a device token of APNs, in hexadecimal."),
        PushAddressRequest.Web => ErrorOf(push.Subscription, environment),
        _ => null,
    };

    private static (string Field, string Error)? ErrorOf(WebPushSubscription? subscription, IHostEnvironment environment)
    {
        if (subscription is null)
            return ("Subscription", "It must be what the browser's PushManager gives.");
        if (PublicUrl.ErrorOf(subscription.Endpoint, environment) is { } error)
            return ("Subscription.Endpoint", error);
        // an uncompressed point begins with 4 (SEC 1, 2.3.3)
        if (!(Bytes(subscription.Keys?.P256dh) is { Length: P256Bytes } point && point[0] == 4))
            return ("Subscription.Keys.P256dh", "It must be a public key on P-256, in base64url.");
        return Bytes(subscription.Keys?.Auth) is { Length: SecretBytes }
            ? null
            : ("Subscription.Keys.Auth", $"It must be {SecretBytes} bytes, in base64url.");
    }

    private static byte[]? Bytes(string? text) =>
        text is { Length: > 0 and <= 200 } && Base64Url.IsValid(text) ? Base64Url.DecodeFromChars(text) : null;

    [GeneratedRegex(@"\A[A-Za-z0-9_:.-]{20,4096}\z", RegexOptions.CultureInvariant)]
    private static partial Regex FcmToken();

    [GeneratedRegex(@"\A([0-9A-Fa-f]{2}){32,100}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ApnsToken();
}

/// <summary>What webhooks of chat services must be: outside Development addresses of the services themselves, and no others.</summary>
internal static class ChatAddresses
{
    // a host, or with a dot before it all hosts below it. Of Teams: workflows, and the connectors before them
    private static readonly Dictionary<string, string[]> Hosts = new()
    {
        ["slack"] = ["hooks.slack.com", "hooks.slack-gov.com"],
        ["discord"] = ["discord.com", "discordapp.com", "ptb.discord.com", "canary.discord.com"],
        ["teams"] = [".logic.azure.com", ".api.powerplatform.com", ".webhook.office.com"],
    };

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Services { get; } = [.. Hosts.Keys];

    /// <summary>What is wrong with the address of a webhook; null if nothing is.</summary>
    public static string? ErrorOf(string service, string? url, IHostEnvironment environment)
    {
        if (PublicUrl.ErrorOf(url, environment) is { } error)
            return error;
        var host = new Uri(url!).IdnHost;
        return environment.IsDevelopment() || Array.Exists(Hosts[service], known => Covers(known, host))
            ? null
            : $"It must be a webhook of {service}: of {string.Join(", ", Hosts[service].Select(known => known.TrimStart('.')))}.";
    }

    private static bool Covers(string known, string host) => known.StartsWith('.')
        ? host.EndsWith(known, StringComparison.OrdinalIgnoreCase)
        : host.Equals(known, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Addresses that others give to be called. Whether a name leads to a private address is seen when it is called.</summary>
internal static class PublicUrl
{
    private const string Local = "localhost";
    private const int MaxLength = 2_048;

    /// <summary>What is wrong with it; null if nothing is. In Development the simulator may be meant.</summary>
    public static string? ErrorOf(string? url, IHostEnvironment environment)
    {
        if (url is null or { Length: > MaxLength } || !TextRules.IsStorable(url) || !Uri.TryCreate(url, UriKind.Absolute, out var address))
            return "It must be an https address.";
        if (address.UserInfo.Length > 0)
            return "It must have no user or password.";
        if (address.IdnHost == Local && environment.IsDevelopment() && address.Scheme is ("http" or "https"))
            return null;
        if (address.Scheme != Uri.UriSchemeHttps)
            return "It must be an https address.";
        // 127.1, 0x7f000001 and the like are read as the address that they mean
        return address.IdnHost == Local || (IPAddress.TryParse(address.IdnHost, out var literal) && !PublicAddress.Is(literal))
            ? "It must not be a private address."
            : null;
    }
}
