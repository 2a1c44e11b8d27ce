namespace Switchboard.Simulator.Demo;

/// <summary>The body and the answer of <c>POST /_sim/demo</c>; what is left out stays as it is.</summary>
/// <param name="PerMinute">Mails a minute.</param>
/// <param name="TextsPerMinute">Texts a minute.</param>
internal sealed record DemoSettings(int? PerMinute, double? TextsPerMinute = null);
