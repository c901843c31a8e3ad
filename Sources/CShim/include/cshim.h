#ifndef CSHIM_H
#define CSHIM_H
int cs_placeholder(void);
#endif
