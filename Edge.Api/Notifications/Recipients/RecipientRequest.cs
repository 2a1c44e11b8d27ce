using System.Text.Json;
using System.Text.Json.Serialization;
using Switchboard.Core.Notifications;

namespace Switchboard.Edge.Api.Notifications.Recipients;

/// <summary>
/// A recipient as a program makes it known. What is left out stays as it is; null takes it away. Of push and chat the list that is given is
/// all there are then.
/// </summary>
internal sealed class RecipientRequest
{
    private readonly HashSet<string> _given = [];

    /// <summary>What you call this recipient: your own id of the person.</summary>
    public string? Id { get; init; }

    public string? Email
    {
        get;
        init
        {
            field = value;
            _given.Add(Channels.Email);
        }
    }

    /// <summary>For SMS, in E.164.</summary>
    public string? Phone
    {
        get;
        init
        {
            field = value;
            _given.Add(Channels.Sms);
        }
    }

    /// <summary>For WhatsApp, in E.164.</summary>
    public string? Whatsapp
    {
        get;
        init
        {
            field = value;
            _given.Add(Channels.WhatsApp);
        }
    }

    /// <summary>Devices and browsers. A token that another of your recipients had is theirs no more.</summary>
    public IReadOnlyList<PushAddressRequest?>? Push
    {
        get;
        init
        {
            field = value;
            _given.Add(Channels.Push);
        }
    }

    /// <summary>Incoming webhooks of chat services.</summary>
    public IReadOnlyList<ChatAddressRequest?>? Chat
    {
        get;
        init
        {
            field = value;
            _given.Add(Channels.Chat);
        }
    }

    /// <summary>By IANA's name, such as Europe/Vienna; null for UTC.</summary>
    public string? TimeZone
    {
        get;
        init
        {
            field = value;
            _given.Add(nameof(TimeZone));
        }
    }

    /// <summary>Language and region, such as de-AT; null for the default.</summary>
    public string? Locale
    {
        get;
        init
        {
            field = value;
            _given.Add(nameof(Locale));
        }
    }

    /// <summary>What templates may use, an object.</summary>
    public JsonElement? Properties
    {
        get;
        init
        {
            field = value;
            _given.Add(nameof(Properties));
        }
    }

    /// <summary>Whether the request says anything of a channel or a property, be it null.</summary>
    public bool Says(string what) => _given.Contains(what);

    /// <summary>The channels that it says something of.</summary>
    [JsonIgnore]
    public IEnumerable<string> SaidChannels => _given.Where(Channels.Names.Contains);

    /// <summary>The addresses that it gives; each channel as often as it may be.</summary>
    public IEnumerable<GivenAddress> Addresses()
    {
        if (Email is not null)
            yield return new(Channels.Email, "", Email);
        if (Phone is not null)
            yield return new(Channels.Sms, "", Phone);
        if (Whatsapp is not null)
            yield return new(Channels.WhatsApp, "", Whatsapp);
        foreach (var push in Push ?? [])
            yield return new(Channels.Push, push!.Service!, push.Value());
        foreach (var chat in Chat ?? [])
            yield return new(Channels.Chat, chat!.Service!, chat.Url!);
    }
}

/// <summary>An address as it is stored.</summary>
/// <param name="Channel">Its channel.</param>
/// <param name="Service">Of push and chat whose; else empty.</param>
/// <param name="Value">The address.</param>
internal sealed record GivenAddress(string Channel, string Service, string Value)
{
    /// <summary>Whether who has it can send by it.</summary>
    public bool IsSecret => Service.Length > 0;
}

/// <summary>A device or browser: a token of fcm or apns, or a subscription of web.</summary>
internal sealed class PushAddressRequest
{
    public const string Web = "web";

    /// <summary>fcm, apns or web.</summary>
    public string? Service { get; init; }

    /// <summary>Of fcm and apns.</summary>
    public string? Token { get; init; }

    /// <summary>Of web: what the browser's PushManager gives.</summary>
    public WebPushSubscription? Subscription { get; init; }

    /// <summary>As it is stored: of a subscription the JSON of what is needed to send.</summary>
    public string Value() => Service == Web ? JsonSerializer.Serialize(Subscription, JsonSerializerOptions.Web) : Token!;
}

/// <summary>A subscription of web push, as browsers serialize it (W3C Push API).</summary>
internal sealed class WebPushSubscription
{
    public string? Endpoint { get; init; }

    public WebPushKeys? Keys { get; init; }
}

/// <summary>What messages to a browser are encrypted with (RFC 8291), in base64url.</summary>
internal sealed class WebPushKeys
{
    public string? P256dh { get; init; }

    public string? Auth { get; init; }
}

/// <summary>An incoming webhook of a chat service.</summary>
internal sealed class ChatAddressRequest
{
    /// <summary>slack, discord or teams.</summary>
    public string? Service { get; init; }

    public string? Url { get; init; }
}
