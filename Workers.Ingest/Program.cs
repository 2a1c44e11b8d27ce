using Switchboard.Core.Diagnostics;
using Switchboard.Workers.Ingest;
using Switchboard.Workers.Ingest.Email.Sync;
using Switchboard.Workers.Ingest.Email.Tracking;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.Services.AddLogRedaction();
builder.AddStores();
builder.AddEmailRules();
builder.AddSms();
builder.AddMedia();
builder.AddMailAccounts();
builder.AddGmail();
builder.AddGraph();
builder.AddMailboxes();
builder.AddSyncing();
builder.AddTracking();
builder.AddDeletion();
builder.AddIngestJobs();

var app = builder.Build();
app.MapDefaultEndpoints();
await app.RunAsync();
