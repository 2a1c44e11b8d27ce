using System.ComponentModel.DataAnnotations;

namespace Switchboard.Edge.Api.Webhooks.Graph;

/// <summary>How notifications of Microsoft Graph are verified; section <c>Graph</c>.</summary>
internal sealed class GraphWebhookOptions
{
    public const string Section = "Graph";

    /// <summary>The secret that subscriptions are made with and each notification must show. Left out, none is taken.</summary>
    [MaxLength(128, ErrorMessage = "Graph:ClientState has at most 128 characters.")]
    public string ClientState { get; init; } = "";
}
