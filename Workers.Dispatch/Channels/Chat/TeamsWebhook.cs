using System.Text.Json;
using System.Text.Json.Serialization;
using Switchboard.Core.Postgres;
using Switchboard.Core.Providers;

namespace Switchboard.Workers.Dispatch.Channels.Chat;

/// <summary>
/// Webhooks of Teams, by Workflows
/// (https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook). Their success says that
/// the flow was started, not that its message was posted.
/// </summary>
internal sealed class TeamsWebhook(ChatWebhookClient client) : IAddressService
{
    // a message has 28 kB with its card
    private const int MostBytes = 20_000;
    private const int LongestSubject = 1_000;

    private static readonly WebhookRules Rules = new(
        "Teams", ["*.logic.azure.com", "*.webhook.office.com", "*.api.powerplatform.com"], new(4, TimeSpan.FromSeconds(1)));

    public string Name => "teams";

    public Task<SendResult> SendAsync(string address, ChannelMessage message, CancellationToken cancellationToken)
    {
        List<TeamsMessage.TextBlock> blocks = [new(StorableText.Cut(Plain(message.Body), MostBytes, StorableText.BytesInJson))];
        if (message.Content?.Subject is { Length: > 0 } subject)
            blocks.Insert(0, new(StorableText.Cut(Plain(subject), LongestSubject, StorableText.BytesInJson), "Medium", "Bolder"));
        var body = JsonSerializer.SerializeToUtf8Bytes(new TeamsMessage([new(new(blocks))]), ChatJson.Compact.TeamsMessage);
        return client.PostAsync(address, Rules, webhook => webhook, body, answer => Read(answer, message), cancellationToken);
    }

    // a card takes markdown: a line break is two, and a text does not say one address and lead to another
    private static string Plain(string text) =>
        text.ReplaceLineEndings("\n\n").Replace("](", "]\\(", StringComparison.Ordinal);

    // Teams gives the message no id
    private SendResult Read(WebhookAnswer answer, ChannelMessage message)
    {
        if (answer.IsSuccess)
            return new SendResult.Accepted(message.NotificationId.ToString(), answer.Status);
        var error = Parse(answer.Body)?.Error;
        var text = error?.Code is { } code
            ? $"Teams error {StorableText.Cut(code, 100)}: {StorableText.Cut(error.Message ?? "", 200)}"
            : $"Teams answered HTTP {answer.Status}.";
        return answer.Status switch
        {
            // the signature that is in the address is no longer good (401 as well); the workflow was deleted
            403 or 404 or 410 => new ProviderFailure(FailureKind.NotFound, text, answer.Status, Code: error?.Code),
            _ => client.Failure(answer.Status, text, answer.RetryAfter, error?.Code),
        };
    }

    private static TeamsAnswer? Parse(string body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, ChatJson.Default.TeamsAnswer);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A message that is one adaptive card.</summary>
internal sealed record TeamsMessage(IReadOnlyList<TeamsMessage.Attachment> Attachments)
{
    public string Type { get; } = "message";

    internal sealed record Attachment(Card Content)
    {
        [JsonPropertyName("contentType")]
        public string ContentType { get; } = "application/vnd.microsoft.card.adaptive";
    }

    internal sealed record Card(IReadOnlyList<TextBlock> Body)
    {
        [JsonPropertyName("$schema")]
        public string Schema { get; } = "http://adaptivecards.io/schemas/adaptive-card.json";

        public string Type { get; } = "AdaptiveCard";

        public string Version { get; } = "1.4";
    }

    internal sealed record TextBlock(string Text, string? Size = null, string? Weight = null)
    {
        public string Type { get; } = "TextBlock";

        public bool Wrap { get; } = true;
    }
}

/// <summary>The error of a workflow that was not started.</summary>
internal sealed record TeamsAnswer(TeamsAnswer.ErrorContent? Error)
{
    internal sealed record ErrorContent(string? Code, string? Message);
}
