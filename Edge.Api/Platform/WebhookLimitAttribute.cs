namespace Switchboard.Edge.Api.Platform;

/// <summary>Marks an endpoint that the policy <c>webhooks</c> limits, not <c>default</c>.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class WebhookLimitAttribute : Attribute;
