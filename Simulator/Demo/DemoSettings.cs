namespace Switchboard.Simulator.Demo;

/// <summary>The body and the answer of <c>POST /_sim/demo</c>.</summary>
internal sealed record DemoSettings(int? PerMinute);
