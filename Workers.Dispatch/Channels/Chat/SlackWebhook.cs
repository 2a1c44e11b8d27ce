using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Switchboard.Core.Postgres;
using Switchboard.Core.Providers;

namespace Switchboard.Workers.Dispatch.Channels.Chat;

/// <summary>Slack's incoming webhooks (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks).</summary>
internal sealed partial class SlackWebhook(ChatWebhookClient client) : IAddressService
{
    // 40,000 characters, of which an ampersand takes five
    private const int LongestText = 8_000;

    // about one a second, says Slack; more for a moment
    private static readonly WebhookRules Rules = new("Slack", ["hooks.slack.com", "hooks.slack-gov.com"], new(1, TimeSpan.FromSeconds(1)));

    public string Name => "slack";

    public Task<SendResult> SendAsync(string address, ChannelMessage message, CancellationToken cancellationToken)
    {
        var text = message.Content?.Subject is { Length: > 0 } subject ? $"{subject}\n{message.Body}" : message.Body;
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new SlackMessage(Escape(StorableText.Cut(text, LongestText)), Mrkdwn: false), ChatJson.Compact.SlackMessage);
        return client.PostAsync(address, Rules, webhook => webhook, body, answer => Read(answer, message), cancellationToken);
    }

    // Slack gives the message no id
    private SendResult Read(WebhookAnswer answer, ChannelMessage message)
    {
        if (answer.IsSuccess)
            return new SendResult.Accepted(message.NotificationId.ToString(), answer.Status);
        var code = Word().IsMatch(answer.Body) ? answer.Body : null;
        var text = $"Slack answered HTTP {answer.Status}{(code is null ? "" : $": {code}")}.";
        return answer.Status switch
        {
            // action_prohibited, invalid_token, team_disabled; no_service, channel_not_found; channel_is_archived
            403 or 404 or 410 => new ProviderFailure(FailureKind.NotFound, text, answer.Status, Code: code),

            // 400 invalid_payload, no_text …, 429, 500 rollup_error
            _ => client.Failure(answer.Status, text, answer.RetryAfter, code),
        };
    }

    // <!channel> would call everybody; without mrkdwn the rest is taken as it is
    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    [GeneratedRegex(@"\A[a-z_]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}

internal sealed record SlackMessage(string Text, bool Mrkdwn);

/// <summary>The bodies of all chat services.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SlackMessage))]
[JsonSerializable(typeof(DiscordMessage))]
[JsonSerializable(typeof(DiscordAnswer))]
[JsonSerializable(typeof(TeamsMessage))]
[JsonSerializable(typeof(TeamsAnswer))]
internal sealed partial class ChatJson : JsonSerializerContext
{
    /// <summary>Nothing is escaped that need not be: Teams counts bytes.</summary>
    public static ChatJson Compact { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
