using System.Text;
using System.Text.Json;
using FluentValidation;
using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Recipients;

namespace Switchboard.Edge.Api.Notifications.Recipients;

/// <summary>What a recipient must be.</summary>
internal sealed class RecipientValidator : Validator<RecipientRequest>
{
    private const int MaxAddresses = 20;
    private const int MaxPropertiesBytes = 16 * 1024;

    private static readonly string[] PushServices = ["fcm", "apns", PushAddressRequest.Web];

    public RecipientValidator(IHostEnvironment environment)
    {
        RuleFor(recipient => recipient.Id).Custom((id, context) =>
        {
            if (RecipientId.ErrorOf(id) is { } error)
                context.AddFailure(error);
        });
        RuleFor(recipient => recipient.Email).Text(320).IsAddressOf(Channels.Email);
        RuleFor(recipient => recipient.Phone).IsAddressOf(Channels.Sms);
        RuleFor(recipient => recipient.Whatsapp).IsAddressOf(Channels.WhatsApp);
        RuleFor(recipient => recipient.TimeZone)
            .Must(zone => LocalTimes.FindZone(zone) is not null).When(recipient => recipient.TimeZone is not null)
            .WithMessage(RecipientRules.NoZone);
        RuleFor(recipient => recipient.Locale)
            .Must(locale => Locales.IsKnown(locale!)).When(recipient => recipient.Locale is not null)
            .WithMessage("There is no such language or region; write it as de or de-AT.");
        RuleFor(recipient => recipient.Properties).Custom((properties, context) =>
        {
            if (PropertiesError(properties) is { } error)
                context.AddFailure(error);
        });
        RuleFor(recipient => recipient.Push).Must(push => push is not { Count: > MaxAddresses }).WithMessage(TooMany);
        RuleForEach(recipient => recipient.Push).Custom((push, context) =>
        {
            if (push is null || !PushServices.Contains(push.Service))
                context.AddFailure("Service", $"It must be one of {string.Join(", ", PushServices)}.");
            else if (PushAddresses.ErrorOf(push, environment) is var (field, error))
                context.AddFailure(field, error);
        });
        RuleFor(recipient => recipient.Chat).Must(chat => chat is not { Count: > MaxAddresses }).WithMessage(TooMany);
        RuleForEach(recipient => recipient.Chat).Custom((chat, context) =>
        {
            if (chat is null || !ChatAddresses.Services.Contains(chat.Service))
                context.AddFailure("Service", $"It must be one of {string.Join(", ", ChatAddresses.Services)}.");
            else if (ChatAddresses.ErrorOf(chat.Service!, chat.Url, environment) is { } error)
                context.AddFailure("Url", error);
        });
    }

    private static string TooMany => $"It has more than {MaxAddresses} entries.";

    private static string? PropertiesError(JsonElement? properties) => properties switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: not JsonValueKind.Object } => "It must be an object.",
        { } value when Encoding.UTF8.GetByteCount(value.GetRawText()) > MaxPropertiesBytes =>
            $"It is longer than {MaxPropertiesBytes} bytes.",
        { } value when !TextRules.IsStorable(value) => TextRules.NotStorableJson,
        _ => null,
    };
}

/// <summary>What a user calls a recipient.</summary>
internal static class RecipientId
{
    private const int MaxLength = 256;

    // how a route has the slash, which stays as it was sent
    private const string Slash = "%2F";

    /// <summary>What is wrong with an id; null if nothing is.</summary>
    public static string? ErrorOf(string? id) => id switch
    {
        null or "" => "It must not be empty.",
        "." or ".." => "It must not be a step in a path.",
        { Length: > MaxLength } => $"It is longer than {MaxLength} characters.",
        _ when id.Any(char.IsControl) || id != id.Trim() => "It must have no control characters, and no space at its ends.",
        _ when !TextRules.IsStorable(id) => TextRules.NotStorable,
        _ when id.Contains(Slash, StringComparison.OrdinalIgnoreCase) => $"It must not contain {Slash}.",
        _ => null,
    };

    /// <summary>The id of a route: <c>a%2Fb</c> is <c>a/b</c>.</summary>
    public static string OfRoute(HttpContext context) =>
        $"{context.GetRouteValue("id")}".Replace(Slash, "/", StringComparison.OrdinalIgnoreCase);

    /// <summary>Where a recipient is read.</summary>
    public static string PathOf(string id) => $"/api/recipients/{Uri.EscapeDataString(id)}";
}

internal static class RecipientRules
{
    public const string NoZone = "There is no such time zone; write it as IANA does, such as Europe/Vienna.";

    /// <summary>An address of a channel, where there is one.</summary>
    public static void IsAddressOf<T>(this IRuleBuilder<T, string?> rule, string channel) => rule.Custom((address, context) =>
    {
        if (address is not null && Channels.RecipientError(channel, address) is { } error)
            context.AddFailure(error);
    });
}
