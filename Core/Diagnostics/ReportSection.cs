namespace Switchboard.Core.Diagnostics;

/// <summary>A part of a process's report: its name, and how its figures are read now (null: there are none).</summary>
internal sealed record ReportSection(string Name, Func<object?> Read);
